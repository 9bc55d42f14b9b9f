using System.Security.Cryptography;
using System.Text;
using IdentityProvider.Platform.Secrets;
using Microsoft.IdentityModel.Tokens;

namespace IdentityProvider.Clients;

/// <summary>
/// The successor of a refresh token follows from the token and a key of ours: whoever sends the same token gets the same successor,
/// on every node, and nobody who has only the token can tell what follows it.
/// </summary>
internal sealed class Succession(MasterKey master)
{
    private readonly byte[] key = master.Derive("refresh token succession");

    /// <summary>The reference that the refresh token of this request has to have; null where it is the first of its family.</summary>
    public string? Reference { get; set; }

    public string Next(string reference) => Base64UrlEncoder.Encode(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(reference)));

    /// <summary>As the engine stores a reference.</summary>
    public static string Stored(string reference) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(reference)));
}
