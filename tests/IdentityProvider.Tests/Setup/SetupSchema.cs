using System.Text.Json.Nodes;
using IdentityProvider.Setup;
using IdentityProvider.Tests.Testing;
using Xunit;

namespace IdentityProvider.Tests.Setup;

public class SetupSchema
{
    [Fact]
    public void The_schema_of_setup_documents_is_what_the_types_say()
    {
        var schema = new JsonObject { ["$schema"] = JsonSchema.Draft, ["title"] = "Setup document" };
        foreach (var (name, part) in new JsonSchema(SetupBinder.PropertiesOf, SetupBinder.NameOf).Of(typeof(SetupDocument)))
            schema[name] = part?.DeepClone();
        Snapshot.Matches("docs/reference/setup.schema.json", JsonSchema.Text(schema));
    }
}
