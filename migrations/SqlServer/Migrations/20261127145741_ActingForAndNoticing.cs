using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace IdentityProvider.Migrations.SqlServer.Migrations
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
                type: "uniqueidentifier",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "ActorReason",
                table: "Sessions",
                type: "nvarchar(200)",
                maxLength: 200,
                nullable: true,
                collation: "Latin1_General_100_BIN2");

            migrationBuilder.AddColumn<Guid>(
                name: "ActorSessionId",
                table: "Sessions",
                type: "uniqueidentifier",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "Suspicions",
                columns: table => new
                {
                    Id = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: false, collation: "Latin1_General_100_BIN2"),
                    QuietUntil = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Suspicions", x => x.Id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_Sessions_ActorSessionId",
                table: "Sessions",
                column: "ActorSessionId",
                unique: true,
                filter: "[ActorSessionId] IS NOT NULL");

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
