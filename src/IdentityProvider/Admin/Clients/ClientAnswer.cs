using IdentityProvider.Clients;

namespace IdentityProvider.Admin.Clients;

/// <summary>A client as the admin API shows it. <c>client_secret</c> is there once: in the answer that made it.</summary>
internal sealed class ClientAnswer : ClientMetadata
{
    /// <summary>What is only told. A request may repeat it, so that an answer can be changed and sent back.</summary>
    public static readonly string[] Told = ["created_at", "updated_at"];

    public DateTimeOffset CreatedAt { get; private init; }

    public DateTimeOffset UpdatedAt { get; private init; }

    public static ClientAnswer Of(Client client, string? secret = null)
    {
        var answer = Of(client, new ClientAnswer { CreatedAt = client.CreatedAt, UpdatedAt = client.UpdatedAt });
        answer.ClientSecret = secret;
        return answer;
    }
}

/// <summary>A page of clients; <c>next</c> is <c>after</c> of the next request, null at the end.</summary>
internal sealed record ClientList(IReadOnlyList<ClientAnswer> Clients, string? Next);
