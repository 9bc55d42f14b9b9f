using IdentityProvider;

return await IdentityProviderCommands.RunAsync(args, static arguments =>
{
    var builder = WebApplication.CreateBuilder(arguments);
    builder.AddIdentityProvider();
    var app = builder.Build();
    app.UseIdentityProvider();
    return app;
});
