using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace IdentityProvider.Migrations.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class ActingForAndNoticing : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<Guid>(
                name: "ActorId",
                table: "Sessions",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "ActorReason",
                table: "Sessions",
                type: "TEXT",
                maxLength: 200,
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "ActorSessionId",
                table: "Sessions",
                type: "TEXT",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "Suspicions",
                columns: table => new
                {
                    Id = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    QuietUntil = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Suspicions", x => x.Id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_Sessions_ActorSessionId",
                table: "Sessions",
                column: "ActorSessionId",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Suspicions_QuietUntil",
                table: "Suspicions",
                column: "QuietUntil");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "Suspicions");

            migrationBuilder.DropIndex(
                name: "IX_Sessions_ActorSessionId",
                table: "Sessions");

            migrationBuilder.DropColumn(
                name: "ActorId",
                table: "Sessions");

            migrationBuilder.DropColumn(
                name: "ActorReason",
                table: "Sessions");

            migrationBuilder.DropColumn(
                name: "ActorSessionId",
                table: "Sessions");
        }
    }
}
