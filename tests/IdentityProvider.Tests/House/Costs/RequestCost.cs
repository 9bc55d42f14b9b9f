namespace IdentityProvider.Tests.House.Costs;

/// <summary>What one request took. A write outside a transaction is a transaction of its own: the database makes it durable alone.</summary>
internal sealed class RequestCost(string name)
{
    public string Name => name;
    public List<string> Statements { get; } = [];
    public int Reads { get; set; }
    public int Writes { get; set; }
    public int Transactions { get; set; }
    public int Signatures { get; set; }
    public int PasswordHashes { get; set; }

    public string Row(string title) => $"| {title} | {Reads} | {Writes} | {Transactions} | {Signatures} | {PasswordHashes} |";
}
