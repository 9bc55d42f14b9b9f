using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace IdentityProvider.Migrations.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class Overview : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "DashboardState",
                columns: table => new
                {
                    Id = table.Column<int>(type: "INTEGER", nullable: false),
                    Cursor = table.Column<long>(type: "INTEGER", nullable: false),
                    CountedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    Figures = table.Column<string>(type: "TEXT", maxLength: -1, nullable: false),
                    FiguresAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_DashboardState", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "FirstStepsPutAway",
                columns: table => new
                {
                    UserId = table.Column<Guid>(type: "TEXT", nullable: false),
                    At = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_FirstStepsPutAway", x => x.UserId);
                    table.ForeignKey(
                        name: "FK_FirstStepsPutAway_Users_UserId",
                        column: x => x.UserId,
                        principalTable: "Users",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "HourlyCounts",
                columns: table => new
                {
                    Kind = table.Column<string>(type: "TEXT", maxLength: 10, nullable: false),
                    Hour = table.Column<long>(type: "INTEGER", nullable: false),
                    Key = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    Count = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_HourlyCounts", x => new { x.Kind, x.Hour, x.Key });
                });

            migrationBuilder.CreateIndex(
                name: "IX_ClientSecrets_ExpiresAt",
                table: "ClientSecrets",
                column: "ExpiresAt");

            migrationBuilder.CreateIndex(
                name: "IX_AuditRecords_Result_Sequence",
                table: "AuditRecords",
                columns: new[] { "Result", "Sequence" },
                filter: "\"Result\" <> 'done'");

            migrationBuilder.CreateIndex(
                name: "IX_HourlyCounts_Hour",
                table: "HourlyCounts",
                column: "Hour");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "DashboardState");

            migrationBuilder.DropTable(
                name: "FirstStepsPutAway");

            migrationBuilder.DropTable(
                name: "HourlyCounts");

            migrationBuilder.DropIndex(
                name: "IX_ClientSecrets_ExpiresAt",
                table: "ClientSecrets");

            migrationBuilder.DropIndex(
                name: "IX_AuditRecords_Result_Sequence",
                table: "AuditRecords");
        }
    }
}
