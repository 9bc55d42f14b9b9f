using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics.Metrics;
using IdentityProvider.Platform.Storage;
using IdentityProvider.SigningKeys;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Tests.House.Costs;

/// <summary>Counts for each request of a server what it asks of the database and of the processor.</summary>
internal sealed class CostMeter : DbCommandInterceptor, IDbTransactionInterceptor, IStartupFilter, IDisposable
{
    private readonly AsyncLocal<RequestCost?> current = new();
    private readonly ConcurrentQueue<RequestCost> requests = new();
    private readonly MeterListener listener = new();

    /// <summary>The last request of this method and path.</summary>
    public RequestCost this[string name] => requests.Last(r => r.Name == name);

    public void AddTo(IServiceCollection services) => services
        .AddSingleton<IStartupFilter>(this)
        .ConfigureDbContext<Store>(builder => builder.AddInterceptors(this));

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        // Servers of other tests run in this process too; their meters have another scope.
        var own = app.ApplicationServices.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, meters) =>
        {
            if (instrument.Meter.Scope == own && instrument.Name is CountedSignatures.Instrument or Passwords.Instrument)
                meters.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, count, _, _) =>
        {
            if (current.Value is not { } cost)
                return;
            if (instrument.Name == CountedSignatures.Instrument)
                cost.Signatures += (int)count;
            else
                cost.PasswordHashes += (int)count;
        });
        listener.Start();
        app.Use(async (http, pipeline) =>
        {
            current.Value = new RequestCost($"{http.Request.Method} {http.Request.Path}");
            requests.Enqueue(current.Value);
            await pipeline(http);
        });
        next(app);
    };

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(Counted(command, result));

    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(Counted(command, result));

    public override ValueTask<InterceptionResult<object>> ScalarExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<object> result, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(Counted(command, result));

    // A request that blocks a thread on the database would hide from the count, and is a fault.
    public override InterceptionResult<DbDataReader> ReaderExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result) => NotInRequests(result);

    public override InterceptionResult<int> NonQueryExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<int> result) => NotInRequests(result);

    public override InterceptionResult<object> ScalarExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<object> result) => NotInRequests(result);

    public ValueTask<InterceptionResult<DbTransaction>> TransactionStartingAsync(DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result, CancellationToken cancellationToken = default)
    {
        if (current.Value is { } cost)
            cost.Transactions++;
        return ValueTask.FromResult(result);
    }

    public void Dispose() => listener.Dispose();

    private T NotInRequests<T>(T result) => current.Value is { } cost ? throw new InvalidOperationException($"{cost.Name} waits for the database on its thread.") : result;

    private T Counted<T>(DbCommand command, T result)
    {
        if (current.Value is not { } cost)
            return result;
        cost.Statements.Add(command.Transaction is null ? command.CommandText : $"in transaction: {command.CommandText}");
        if (command.CommandText.TrimStart().StartsWith("SELECT", StringComparison.OrdinalIgnoreCase))
        {
            cost.Reads++;
            return result;
        }

        cost.Writes++;
        if (command.Transaction is null)
            cost.Transactions++;
        return result;
    }
}
