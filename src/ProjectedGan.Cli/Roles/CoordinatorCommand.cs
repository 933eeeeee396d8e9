using System.CommandLine;
using ProjectedGan.Cli.Shell;
using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Startup;
using ProjectedGan.Coordinator.Storage;
using ProjectedGan.Foundation;
using ProjectedGan.Hosting.Serving;
using ProjectedGan.Web;

namespace ProjectedGan.Cli.Roles;

/// <summary><c>pgan coordinator</c>: the cluster's head.</summary>
internal static class CoordinatorCommand
{
    public static Command Build()
    {
        ExampleCommand command = new(
            "coordinator",
            "Runs the coordinator: takes experiments over gRPC, gives them to workers and evaluators, and keeps what comes of them. Ctrl-C stops it; training goes on meanwhile and is picked up by the next start.",
            "coordinator --data-dir data",
            "coordinator --data-dir data --listen http://0.0.0.0:7400 --tokens tokens.yaml",
            "coordinator --data-dir data --listen https://0.0.0.0:7400 --tls-cert node.crt --tls-key node.key --tls-ca ca.crt --tls-require-client",
            "coordinator --data-dir data --storage postgres --connection-string 'Host=db;Database=pgan;Username=pgan'",
            "coordinator --data-dir own --shared-dir shared --clustering postgres --connection-string 'Host=db;Database=pgan;Username=pgan'");
        var flags = CoordinatorFlags.AddTo(command);
        var parent = ParentWatch.Create();
        command.Add(parent);
        command.Runs(async (parsed, cancellation) =>
        {
            var options = flags.Read(parsed);
            using var folder = DataFolder.Open(options.DataFolder, options.SharedFolder);
            using var stop = ParentWatch.Follow(parsed.GetValue(parent), cancellation);
            await RunAsync(options, folder, stop.Token);
            return ExitCode.Success;
        });
        return command;
    }

    private static async Task RunAsync(CoordinatorOptions options, DataFolder folder, CancellationToken cancellation)
    {
        try
        {
            var builder = CoordinatorHost.CreateBuilder(options, folder);
            builder.Services.AddWeb();
            await using var application = builder.Build();
            CoordinatorHost.Map(application);
            application.MapWeb();
            await NodeServer.StartAsync(application, options.Server, cancellation);
            (var api, var metrics) = NodeServer.Addresses(application, options.Server);
            Announce(options, api, metrics);
            TaskCompletionSource stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
            await using (cancellation.Register(() => stop.TrySetResult()))
            {
                await stop.Task;
            }

            await Console.Error.WriteLineAsync("pgan: stopping");
            await application.StopAsync(CancellationToken.None);
        }
        catch (Exception error) when (error is CoordinationException or OrleansException)
        {
            // The storage speaks in whole lines already.
            throw new PganException(error.Message, error);
        }
    }

    private static void Announce(CoordinatorOptions options, string api, string? metrics)
    {
        Console.WriteLine($"listening on {api}");
        if (options.Server.Web == WebPlacement.None)
        {
            Console.Error.WriteLine("pgan: there is no web page: --metrics-listen is open to callers whom no token is asked for; use --tokens, or --insecure if the network itself is closed.");
        }
        else
        {
            Console.WriteLine($"web page on {(options.Server.Web == WebPlacement.ApiPort ? api : metrics)}");
        }

        if (metrics is not null)
        {
            Console.WriteLine($"metrics on {metrics}");
        }

        if (options.Clustering != ClusteringKind.None && options.SharedFolder is null)
        {
            Console.Error.WriteLine("pgan: the other coordinators do not see the files that are sent to this one; give all of them one --shared-dir.");
        }

        if (options.Server.Listen.IsLoopback)
        {
            Console.Error.WriteLine("pgan: only this machine can reach this coordinator; --listen with --tokens or --tls-require-client opens it to others (docs/security.md).");
        }
        else if (!options.Server.Listen.IsTls && options.Server.Access.Tokens is not null)
        {
            Console.Error.WriteLine("pgan: tokens travel unencrypted; use https (--tls-cert, --tls-key) where the network is not closed.");
        }
    }
}
