using System.Text.Json.Nodes;

namespace IdentityProvider.Tool.Output;

/// <summary>Results on standard output, as a table or as JSON; words on standard error.</summary>
internal sealed class Printer(TextWriter output, TextWriter error, bool json)
{
    private const int Widest = 60;

    public bool IsJson => json;

    public void Say(string words) => error.WriteLine(Plain.Lines(words));

    /// <summary>Text that is itself the result.</summary>
    public void Line(string text) => output.WriteLine(Plain.Lines(text));

    public void Rows(IReadOnlyList<JsonObject> rows, IReadOnlyList<string> columns)
    {
        if (json)
        {
            output.WriteLine(Json.Text(new JsonArray([.. rows.Select(row => row.DeepClone())])));
            return;
        }

        var cells = rows.Select(row => columns.Select(column => Cell(row[column])).ToArray()).ToList();
        int[] widths = [.. columns.Select((column, i) => Math.Max(column.Length, cells.Count == 0 ? 0 : cells.Max(row => Math.Min(row[i].Length, Widest))))];
        Write([.. columns.Select(column => column.ToUpperInvariant())], widths);
        foreach (var row in cells)
            Write(row, widths);
        if (rows.Count == 0)
            Say("None.");
    }

    public void One(JsonNode? node)
    {
        if (json || node is not JsonObject shown)
        {
            output.WriteLine(Json.Text(node));
            return;
        }

        var width = shown.Count == 0 ? 0 : shown.Max(member => member.Key.Length);
        foreach (var (name, value) in shown)
            output.WriteLine($"{Plain.Text(name).PadRight(width)}  {Cell(value)}".TrimEnd());
    }

    /// <summary>What a dry run would have sent.</summary>
    public void Planned(IReadOnlyList<JsonObject> requests)
    {
        Say(requests.Count == 0 ? "Nothing would be sent." : "Nothing was sent. This would be:");
        if (json)
        {
            output.WriteLine(Json.Text(new JsonObject { ["dry_run"] = true, ["requests"] = new JsonArray([.. requests.Select(request => request.DeepClone())]) }));
            return;
        }

        foreach (var request in requests)
        {
            output.WriteLine(Plain.Text($"{request["method"]} {request["path"]}"));
            if (request["body"] is { } body)
                output.WriteLine(Json.Text(body));
        }
    }

    private void Write(string[] cells, int[] widths) =>
        output.WriteLine(string.Join("  ", cells.Select((cell, i) => (cell.Length > Widest ? cell[..(Widest - 1)] + "…" : cell).PadRight(widths[i]))).TrimEnd());

    private static string Cell(JsonNode? value) => value switch
    {
        null => "",
        JsonArray list when list.All(item => item is JsonValue) => Plain.Text(string.Join(' ', list.Select(item => item!.ToString()))),
        JsonValue => Plain.Text(value.ToString()),
        _ => Json.OneLine(value),
    };
}
