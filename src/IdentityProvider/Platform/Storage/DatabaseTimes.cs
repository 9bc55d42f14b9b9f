using System.Data.Common;
using IdentityProvider.Platform.Metrics;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace IdentityProvider.Platform.Storage;

/// <summary>Times every command, alike for all databases: only one of the three drivers has a meter.</summary>
internal sealed class DatabaseTimes(OperationTimes times) : DbCommandInterceptor
{
    public override ValueTask<DbDataReader> ReaderExecutedAsync(DbCommand command, CommandExecutedEventData eventData, DbDataReader result, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(ReaderExecuted(command, eventData, result));

    public override DbDataReader ReaderExecuted(DbCommand command, CommandExecutedEventData eventData, DbDataReader result)
    {
        Record(command, eventData, eventData.Duration, null);
        return result;
    }

    public override ValueTask<int> NonQueryExecutedAsync(DbCommand command, CommandExecutedEventData eventData, int result, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(NonQueryExecuted(command, eventData, result));

    public override int NonQueryExecuted(DbCommand command, CommandExecutedEventData eventData, int result)
    {
        Record(command, eventData, eventData.Duration, null);
        return result;
    }

    public override ValueTask<object?> ScalarExecutedAsync(DbCommand command, CommandExecutedEventData eventData, object? result, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(ScalarExecuted(command, eventData, result));

    public override object? ScalarExecuted(DbCommand command, CommandExecutedEventData eventData, object? result)
    {
        Record(command, eventData, eventData.Duration, null);
        return result;
    }

    public override Task CommandFailedAsync(DbCommand command, CommandErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        CommandFailed(command, eventData);
        return Task.CompletedTask;
    }

    public override void CommandFailed(DbCommand command, CommandErrorEventData eventData) => Record(command, eventData, eventData.Duration, eventData.Exception);

    private void Record(DbCommand command, CommandEventData eventData, TimeSpan time, Exception? failure)
    {
        if (times.AreWanted)
            times.Record(SystemOf(command), OperationOf(command.CommandText), eventData.StartTime, time, failure);
    }

    private static string SystemOf(DbCommand command) => command switch
    {
        Npgsql.NpgsqlCommand => "postgresql",
        Microsoft.Data.SqlClient.SqlCommand => "microsoft.sql_server",
        _ => "sqlite",
    };

    /// <summary>The first word, of those that make nearly all of them.</summary>
    private static string OperationOf(string text)
    {
        var start = text.AsSpan().TrimStart();
        foreach (var word in (ReadOnlySpan<string>)["SELECT", "INSERT", "UPDATE", "DELETE"])
            if (start.StartsWith(word, StringComparison.OrdinalIgnoreCase))
                return word;
        return "OTHER";
    }
}
