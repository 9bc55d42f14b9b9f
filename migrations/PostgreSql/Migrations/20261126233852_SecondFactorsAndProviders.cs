using System;
using System.Collections.Generic;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace IdentityProvider.Migrations.PostgreSql.Migrations
{
    /// <inheritdoc />
    public partial class SecondFactorsAndProviders : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "EmailLikeness",
                table: "Users",
                type: "character varying(512)",
                maxLength: 512,
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "ProviderId",
                table: "UserRoles",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Problem",
                table: "StoredRequests",
                type: "character varying(400)",
                maxLength: 400,
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "Unasked",
                table: "Passkeys",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "IntrospectionSignedResponseAlg",
                table: "Clients",
                type: "character varying(10)",
                maxLength: 10,
                nullable: false,
                defaultValue: "RS256");

            migrationBuilder.AddColumn<bool>(
                name: "LocalSignInOff",
                table: "Clients",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<List<string>>(
                name: "Providers",
                table: "Clients",
                type: "text[]",
                maxLength: -1,
                nullable: false,
                defaultValueSql: "'{}'");

            migrationBuilder.AddColumn<bool>(
                name: "ReferenceAccessTokens",
                table: "Clients",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "RequiredAcr",
                table: "Clients",
                type: "character varying(100)",
                maxLength: 100,
                nullable: true);

            migrationBuilder.CreateTable(
                name: "TrustedDevices",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    UserId = table.Column<Guid>(type: "uuid", nullable: false),
                    HandleHash = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    Address = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true),
                    UserAgent = table.Column<string>(type: "character varying(256)", maxLength: 256, nullable: true),
                    CreatedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    LastUsedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_TrustedDevices", x => x.Id);
                    table.ForeignKey(
                        name: "FK_TrustedDevices_Users_UserId",
                        column: x => x.UserId,
                        principalTable: "Users",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "UpstreamProviders",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    Name = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: false),
                    Kind = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    DisplayName = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    Issuer = table.Column<string>(type: "character varying(300)", maxLength: 300, nullable: false),
                    AuthorizationEndpoint = table.Column<string>(type: "character varying(300)", maxLength: 300, nullable: true),
                    TokenEndpoint = table.Column<string>(type: "character varying(300)", maxLength: 300, nullable: true),
                    UserInfoEndpoint = table.Column<string>(type: "character varying(300)", maxLength: 300, nullable: true),
                    Claims = table.Column<string>(type: "text", nullable: false),
                    ClientId = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    ProtectedClientSecret = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: true),
                    Scope = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: false),
                    Domains = table.Column<List<string>>(type: "text[]", maxLength: -1, nullable: false),
                    CreatesAccounts = table.Column<bool>(type: "boolean", nullable: false),
                    TrustsEmail = table.Column<bool>(type: "boolean", nullable: false),
                    TrustsMultiFactor = table.Column<bool>(type: "boolean", nullable: false),
                    UpdatesProfile = table.Column<bool>(type: "boolean", nullable: false),
                    RoleRules = table.Column<string>(type: "text", nullable: false),
                    Tenants = table.Column<List<string>>(type: "text[]", maxLength: -1, nullable: false),
                    SignsOut = table.Column<bool>(type: "boolean", nullable: false),
                    DisabledAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    CreatedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    Version = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_UpstreamProviders", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "ExternalLogins",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    UserId = table.Column<Guid>(type: "uuid", nullable: false),
                    ProviderId = table.Column<Guid>(type: "uuid", nullable: false),
                    Issuer = table.Column<string>(type: "character varying(300)", maxLength: 300, nullable: false),
                    Subject = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false),
                    AccountName = table.Column<string>(type: "character varying(254)", maxLength: 254, nullable: true),
                    CreatedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    LastUsedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ExternalLogins", x => x.Id);
                    table.ForeignKey(
                        name: "FK_ExternalLogins_UpstreamProviders_ProviderId",
                        column: x => x.ProviderId,
                        principalTable: "UpstreamProviders",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_ExternalLogins_Users_UserId",
                        column: x => x.UserId,
                        principalTable: "Users",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "PendingLinks",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    HandleHash = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    UserId = table.Column<Guid>(type: "uuid", nullable: false),
                    ProviderId = table.Column<Guid>(type: "uuid", nullable: false),
                    Issuer = table.Column<string>(type: "character varying(300)", maxLength: 300, nullable: false),
                    Subject = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false),
                    Email = table.Column<string>(type: "character varying(254)", maxLength: 254, nullable: false),
                    CreatedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    ExpiresAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_PendingLinks", x => x.Id);
                    table.ForeignKey(
                        name: "FK_PendingLinks_UpstreamProviders_ProviderId",
                        column: x => x.ProviderId,
                        principalTable: "UpstreamProviders",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_PendingLinks_Users_UserId",
                        column: x => x.UserId,
                        principalTable: "Users",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "UpstreamSessions",
                columns: table => new
                {
                    SessionId = table.Column<Guid>(type: "uuid", nullable: false),
                    ProviderId = table.Column<Guid>(type: "uuid", nullable: false),
                    Issuer = table.Column<string>(type: "character varying(300)", maxLength: 300, nullable: false),
                    Subject = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false),
                    Sid = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true),
                    ProtectedIdToken = table.Column<string>(type: "text", maxLength: -1, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_UpstreamSessions", x => x.SessionId);
                    table.ForeignKey(
                        name: "FK_UpstreamSessions_Sessions_SessionId",
                        column: x => x.SessionId,
                        principalTable: "Sessions",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_UpstreamSessions_UpstreamProviders_ProviderId",
                        column: x => x.ProviderId,
                        principalTable: "UpstreamProviders",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            // Of plain letters the likeness is the address. For others it is set with the next change of theirs; until then it is at least unique.
            migrationBuilder.Sql("""UPDATE "Users" SET "EmailLikeness" = "NormalizedEmail";""");

            migrationBuilder.CreateIndex(
                name: "IX_Users_EmailLikeness",
                table: "Users",
                column: "EmailLikeness",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_UserRoles_ProviderId",
                table: "UserRoles",
                column: "ProviderId");

            migrationBuilder.CreateIndex(
                name: "IX_ExternalLogins_ProviderId_Issuer_Subject",
                table: "ExternalLogins",
                columns: new[] { "ProviderId", "Issuer", "Subject" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_ExternalLogins_UserId",
                table: "ExternalLogins",
                column: "UserId");

            migrationBuilder.CreateIndex(
                name: "IX_PendingLinks_ExpiresAt",
                table: "PendingLinks",
                column: "ExpiresAt");

            migrationBuilder.CreateIndex(
                name: "IX_PendingLinks_HandleHash",
                table: "PendingLinks",
                column: "HandleHash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_PendingLinks_ProviderId",
                table: "PendingLinks",
                column: "ProviderId");

            migrationBuilder.CreateIndex(
                name: "IX_PendingLinks_UserId",
                table: "PendingLinks",
                column: "UserId");

            migrationBuilder.CreateIndex(
                name: "IX_TrustedDevices_CreatedAt",
                table: "TrustedDevices",
                column: "CreatedAt");

            migrationBuilder.CreateIndex(
                name: "IX_TrustedDevices_HandleHash",
                table: "TrustedDevices",
                column: "HandleHash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_TrustedDevices_UserId",
                table: "TrustedDevices",
                column: "UserId");

            migrationBuilder.CreateIndex(
                name: "IX_UpstreamProviders_Name",
                table: "UpstreamProviders",
                column: "Name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_UpstreamSessions_ProviderId_Sid",
                table: "UpstreamSessions",
                columns: new[] { "ProviderId", "Sid" });

            migrationBuilder.CreateIndex(
                name: "IX_UpstreamSessions_ProviderId_Subject",
                table: "UpstreamSessions",
                columns: new[] { "ProviderId", "Subject" });

            migrationBuilder.AddForeignKey(
                name: "FK_UserRoles_UpstreamProviders_ProviderId",
                table: "UserRoles",
                column: "ProviderId",
                principalTable: "UpstreamProviders",
                principalColumn: "Id",
                onDelete: ReferentialAction.Cascade);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropForeignKey(
                name: "FK_UserRoles_UpstreamProviders_ProviderId",
                table: "UserRoles");

            migrationBuilder.DropTable(
                name: "ExternalLogins");

            migrationBuilder.DropTable(
                name: "PendingLinks");

            migrationBuilder.DropTable(
                name: "TrustedDevices");

            migrationBuilder.DropTable(
                name: "UpstreamSessions");

            migrationBuilder.DropTable(
                name: "UpstreamProviders");

            migrationBuilder.DropIndex(
                name: "IX_Users_EmailLikeness",
                table: "Users");

            migrationBuilder.DropIndex(
                name: "IX_UserRoles_ProviderId",
                table: "UserRoles");

            migrationBuilder.DropColumn(
                name: "EmailLikeness",
                table: "Users");

            migrationBuilder.DropColumn(
                name: "ProviderId",
                table: "UserRoles");

            migrationBuilder.DropColumn(
                name: "Problem",
                table: "StoredRequests");

            migrationBuilder.DropColumn(
                name: "Unasked",
                table: "Passkeys");

            migrationBuilder.DropColumn(
                name: "IntrospectionSignedResponseAlg",
                table: "Clients");

            migrationBuilder.DropColumn(
                name: "LocalSignInOff",
                table: "Clients");

            migrationBuilder.DropColumn(
                name: "Providers",
                table: "Clients");

            migrationBuilder.DropColumn(
                name: "ReferenceAccessTokens",
                table: "Clients");

            migrationBuilder.DropColumn(
                name: "RequiredAcr",
                table: "Clients");
        }
    }
}
