using System.ComponentModel.DataAnnotations;

namespace IdentityProvider.Platform;

/// <summary>What the whole server needs to know; everything else belongs to a room.</summary>
public sealed class IdentityProviderOptions
{
    /// <summary>The root of all settings.</summary>
    public const string Section = "IdentityProvider";

    /// <summary>
    /// The issuer identifier (OpenID Connect Discovery 1.0 section 3): the public URL of this server, without query or fragment.
    /// Every link and endpoint is built from it, never from the Host header. https, except on localhost in Development.
    /// </summary>
    [Required]
    public string Issuer { get; set; } = "";

    /// <summary>The name people see in titles and mails when the theme does not say one (1 to 60 characters).</summary>
    [Required, StringLength(60, MinimumLength = 1)]
    public string ProductName { get; set; } = "IdentityProvider";

    /// <summary>
    /// 32 random bytes in base64 (<c>openssl rand -base64 32</c>) that encrypt what is secret in the database. In Development one is made in
    /// <c>data/master.key</c>; elsewhere it is required, here, as <see cref="MasterKeyFile"/> or as <see cref="MasterKeyCertificateFile"/>.
    /// </summary>
    public string? MasterKey { get; set; }

    /// <summary>A file that holds <see cref="MasterKey"/>, readable by the server's user only.</summary>
    public string? MasterKeyFile { get; set; }

    /// <summary>
    /// A certificate instead of it: a file with the certificate and its private RSA key (2048 bits or more), PEM or PKCS#12 without a password,
    /// readable by the server's user only. Only its key counts, not how long it is valid.
    /// </summary>
    public string? MasterKeyCertificateFile { get; set; }

    /// <summary>The key before, while a new one is brought in: the server seals what it opened with this one under the new one at its start.</summary>
    public string? FormerMasterKey { get; set; }

    /// <summary>A file that holds <see cref="FormerMasterKey"/>.</summary>
    public string? FormerMasterKeyFile { get; set; }

    /// <summary>The certificate before; see <see cref="MasterKeyCertificateFile"/>.</summary>
    public string? FormerMasterKeyCertificateFile { get; set; }

    /// <summary>
    /// A folder with settings in files, as container platforms mount secrets: each file is named like the environment variable of its setting
    /// (<c>IdentityProvider__Database__ConnectionString</c>) and holds the value. Files with other names are left alone.
    /// </summary>
    public string? SettingsFolder { get; set; }

    /// <summary>The issuer as a URI that ends in a slash.</summary>
    internal Uri IssuerUri => new(Issuer.EndsWith('/') ? Issuer : Issuer + "/", UriKind.Absolute);
}
