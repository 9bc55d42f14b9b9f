namespace IdentityProvider.Setup;

/// <summary>What one document did to one kind of thing.</summary>
internal sealed record SetupCounts(string Kind, int Created, int Updated, int Unchanged)
{
    public bool Changed => Created + Updated > 0;

    public override string ToString() => $"{Kind}: {Created} created, {Updated} updated, {Unchanged} unchanged";
}

/// <summary>Counts while rows are brought to what the document says.</summary>
internal sealed class SetupTally(string kind)
{
    private int created, updated, unchanged;

    public void Count(bool isNew, bool isChanged)
    {
        if (isNew)
            created++;
        else if (isChanged)
            updated++;
        else
            unchanged++;
    }

    public SetupCounts Result => new(kind, created, updated, unchanged);
}
