using System.Text.Json;

namespace IdentityProvider.Setup.Import;

/// <summary>Where people come from.</summary>
internal enum UserFormat
{
    /// <summary>A line each, in the names of the setup document.</summary>
    Native,

    /// <summary>Rows of AspNetUsers as JSON, a line each or as one array.</summary>
    AspNetIdentity,

    /// <summary>A realm export: an object with <c>users</c>.</summary>
    Keycloak,

    /// <summary>An export with password hashes: a line each.</summary>
    Auth0,
}

internal static class UserFormats
{
    /// <summary>As the admin API calls them.</summary>
    public static readonly IReadOnlyDictionary<string, UserFormat> Named = new Dictionary<string, UserFormat>(StringComparer.Ordinal)
    {
        ["native"] = UserFormat.Native,
        ["asp_net_identity"] = UserFormat.AspNetIdentity,
        ["keycloak"] = UserFormat.Keycloak,
        ["auth0"] = UserFormat.Auth0,
    };

    public static async IAsyncEnumerable<(JsonRecord Record, ImportedUser User)> ReadAsync(UserFormat format, Stream stream)
    {
        var records = format == UserFormat.Keycloak ? JsonRecords.ArrayAsync(stream, "users")
            : await StartsWithAsync(stream, '[') ? JsonRecords.ArrayAsync(stream, null)
            : JsonRecords.LinesAsync(stream);
        await foreach (var record in records)
            yield return (record, record.Problem is null && record.Value.ValueKind == JsonValueKind.Object ? Read(format, record.Value) : new ImportedUser { Refusal = record.Problem ?? "is no JSON object" });
    }

    public static ImportedUser Read(UserFormat format, JsonElement row) => format switch
    {
        UserFormat.AspNetIdentity => AspNetIdentity(row),
        UserFormat.Keycloak => KeycloakUser.Read(row),
        UserFormat.Auth0 => Auth0(row),
        _ => Native(row),
    };

    private static ImportedUser Native(JsonElement row) => new()
    {
        Id = row.Id("id"),
        Username = row.Text("username"),
        Email = row.Text("email"),
        EmailVerified = row.Flag("email_verified"),
        Name = row.Text("name"),
        GivenName = row.Text("given_name"),
        FamilyName = row.Text("family_name"),
        Nickname = row.Text("nickname"),
        Locale = row.Text("locale"),
        PhoneNumber = row.Text("phone_number"),
        PhoneNumberVerified = row.Flag("phone_number_verified"),
        Disabled = row.Flag("disabled"),
        CreatedAt = row.Time("created_at"),
        Password = row.Text("password"),
        PasswordHash = row.Text("password_hash"),
        TotpSecret = row.Text("totp_secret"),
        Roles = [.. row.Items("roles").Select(role => role.ValueKind == JsonValueKind.String ? role.GetString()! : "")],
        Refusal = NearestKey(row),
    };

    /// <summary>A key we do not know is a typing error, and a person without the fact that stood there.</summary>
    private static string? NearestKey(JsonElement row)
    {
        string[] known =
        [
            "id", "username", "email", "email_verified", "name", "given_name", "family_name", "nickname", "locale", "phone_number", "phone_number_verified", "disabled", "created_at",
            "password", "password_hash", "totp_secret", "roles",
        ];
        return row.EnumerateObject().Select(member => member.Name).FirstOrDefault(name => !known.Contains(name)) is { } stray
            ? $"\"{Platform.Validation.Constraints.Shown(stray)}\" is not a key of a user.{Platform.Validation.NearestName.Question(stray, known)}"
            : null;
    }

    private static ImportedUser AspNetIdentity(JsonElement row) => new()
    {
        Id = row.Id("Id"),
        Username = row.Text("UserName"),
        Email = row.Text("Email"),
        EmailVerified = row.Flag("EmailConfirmed"),
        PhoneNumber = row.Text("PhoneNumber"),
        PhoneNumberVerified = row.Flag("PhoneNumberConfirmed"),
        PasswordHash = row.Text("PasswordHash"),

        // Locked for good is how Identity says disabled; a lock that ends is one of guessing, and is left behind.
        Disabled = row.Flag("LockoutEnabled") && row.Time("LockoutEnd") is { Year: >= 9999 },
    };

    private static ImportedUser Auth0(JsonElement row) => new()
    {
        Username = row.Text("username"),
        Email = row.Text("email"),
        EmailVerified = row.Flag("email_verified"),
        Name = row.Text("name"),
        GivenName = row.Text("given_name"),
        FamilyName = row.Text("family_name"),
        Nickname = row.Text("nickname"),
        PhoneNumber = row.Text("phone_number"),
        PhoneNumberVerified = row.Flag("phone_verified"),
        Disabled = row.Flag("blocked"),
        CreatedAt = row.Time("created_at") ?? row.Member("created_at")?.Time("$date"),
        PasswordHash = row.Text("passwordHash") ?? row.Text("password_hash"),
    };

    private static async Task<bool> StartsWithAsync(Stream stream, char first)
    {
        var start = new byte[64];
        var read = await stream.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false);
        stream.Position = 0;
        var text = System.Text.Encoding.UTF8.GetString(start, 0, read).TrimStart('\uFEFF').TrimStart();
        return text.StartsWith(first);
    }
}
