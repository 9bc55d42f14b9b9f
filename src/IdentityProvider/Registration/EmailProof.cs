namespace IdentityProvider.Registration;

/// <summary>What a link stands for: an address, and either the person it is for, or the account that was asked for with it.</summary>
internal sealed record EmailProof(string Email)
{
    /// <summary>Who proves an address for an account they have.</summary>
    public Guid? UserId { get; init; }

    /// <summary>The account asked for. It travels with the proof: whoever proves the address gets what was typed in this browser, whatever others typed before.</summary>
    public NewAccount? Account { get; init; }

    /// <summary>Where to go on.</summary>
    public string? Ticket { get; init; }

    /// <summary>False where no link was mailed, because the address has an account: the page looks the same.</summary>
    public bool Mailed { get; init; } = true;

    public string? Language { get; init; }
}

internal sealed record NewAccount(string Name, string PasswordHash);
