using System.Collections.Concurrent;
using System.Net;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ProjectedGan.Contracts.V1;
using ProjectedGan.Rpc.Health;
using ProjectedGan.Rpc.Hosting;

namespace ProjectedGan.Rpc.Tests.Hosting;

/// <summary>A node with nothing but what all nodes share, on a port of the system's choice.</summary>
internal sealed class SharedNode : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly ErrorCollector _errors;

    private SharedNode(WebApplication application, ErrorCollector errors)
    {
        _application = application;
        _errors = errors;
        Channel = GrpcChannel.ForAddress(Address);
    }

    public Uri Address => new(_application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public GrpcChannel Channel { get; }

    public ServingStatuses Statuses => _application.Services.GetRequiredService<ServingStatuses>();

    /// <summary>What was logged as an error.</summary>
    public IReadOnlyCollection<string> Errors => _errors.Messages;

    public static async Task<SharedNode> StartAsync()
    {
        var errors = new ErrorCollector();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(errors);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddNodeRpc(Experiments.Descriptor);
        var application = builder.Build();
        application.MapNodeRpc();
        await application.StartAsync();
        return new SharedNode(application, errors);
    }

    public Task StopAsync() => _application.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await _application.DisposeAsync();
    }

    private sealed class ErrorCollector : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> _messages = new();

        public IReadOnlyCollection<string> Messages => _messages;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                _messages.Enqueue($"{formatter(state, exception)} {exception}");
            }
        }

        public void Dispose()
        {
        }
    }
}
