using System.Text;
using IdentityProvider.Clients;
using IdentityProvider.Passkeys;
using IdentityProvider.PersonalData;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Sessions.Logout;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace IdentityProvider.Tests.House;

/// <summary>What a person's copy holds is written down and compared, so that a new table or column is seen before it is given away.</summary>
public sealed class PersonalDataReference
{
    [Fact]
    public void The_copy_a_person_gets_holds_what_the_list_says()
    {
        using var db = Schema.Open(new DatabaseOptions { ConnectionString = "Data Source=:memory:" });
        var text = new StringBuilder("""
            # What is held of a person

            Generated from the model and compared in a test; `UPDATE_SNAPSHOTS=1 dotnet test` writes it anew. People download it at `/account/data`;
            it is deleted with their account. Tokens are not in it: they say nothing that their grant does not.

            The audit (AuditRecords) is no table of theirs: it names people by their id only, and keeps it when the account is deleted, with the IP address and
            what was done, because a chain from which records can be taken proves nothing. It holds no name; of e-mail addresses the first letter and the domain; of a profile
            which claims changed and not what they say. After the deletion the id leads to nobody. How long it is kept is the operator's to set (`audit archive`). In
            the copy, as audit_records: what the person did and what was done to them, without the ids and addresses of others.

            | Table | In the copy | Held, not in the copy (secrets) |
            | --- | --- | --- |

            """);
        foreach (var (table, owner, given) in DataExport.Tables(db.Model))
        {
            var owned = table.GetNavigations().Where(navigation => navigation.TargetEntityType.IsOwned()).Select(navigation => navigation.Name);
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"| {table.GetTableName()} | {string.Join(", ", given.Select(p => p.Name).Concat(owned))} | {string.Join(", ", table.GetProperties().Where(p => p != owner && !given.Contains(p)).Select(p => p.Name))} |\n");
        }

        Snapshot.Matches("docs/reference/personal-data.md", text.ToString());
    }

    [Fact]
    public void Nothing_of_a_person_stays_when_the_person_is_gone()
    {
        using var db = Schema.Open(new DatabaseOptions { ConnectionString = "Data Source=:memory:" });
        // Grants are removed by Deletions itself, tested there; challenges are over in five minutes. A logout notice outlives the person,
        // for an hour at most: the clients have to hear of the end.
        Type[] withoutKey = [typeof(Grant), typeof(PasskeyChallenge), typeof(LogoutNotice)];
        foreach (var (table, owner, _) in DataExport.Tables(db.Model).Where(entry => entry.Table.ClrType != typeof(User) && !withoutKey.Contains(entry.Table.ClrType)))
            Assert.True(
                table.GetForeignKeys().Any(key => key.Properties.Contains(owner) && key.DeleteBehavior == DeleteBehavior.Cascade),
                $"{table.GetTableName()} keeps rows of people who are gone: give it a foreign key to Users that cascades.");
    }
}
