using System.Diagnostics;
using Npgsql;

namespace ProjectedGan.Coordinator.Tests.Storage;

/// <summary>
/// A PostgreSQL server of the tests' own, from Debian's package: a new cluster in a temporary folder, reached by a socket in it, so
/// that no port is taken. It refuses to run as root, so root hands it to the package's user.
/// </summary>
public sealed class PostgresServer : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string _folder = Directory.CreateTempSubdirectory("pgan-pg-").FullName;
    private string _programs = "";
    private int _databases;

    public string SocketFolder => _folder;

    public async Task InitializeAsync()
    {
        _programs = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(static version => Path.Combine(version, "bin")).Where(static bin => File.Exists(Path.Combine(bin, "initdb"))).Order().LastOrDefault() ?? ""
            : "";
        Assert.True(_programs.Length > 0, "PostgreSQL is missing: install Debian's package postgresql, as ./pgan test does.");
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync("chown", "postgres", _folder);
        }

        await AsServerAsync("initdb", "--pgdata", Data, "--auth", "trust", "--username", "pgan", "--encoding", "UTF8", "--locale", "C", "--no-sync");
        await StartAsync();
    }

    public Task StartAsync() => AsServerAsync("pg_ctl", "--pgdata", Data, "--log", Path.Combine(_folder, "log"), "--wait", "--options", $"-k {_folder} -c listen_addresses= -c fsync=off -c max_connections=50", "start");

    public Task StopAsync() => AsServerAsync("pg_ctl", "--pgdata", Data, "--wait", "--mode", "immediate", "stop");

    public async Task DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A new, empty database.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"test{Interlocked.Increment(ref _databases)}";
        await using var source = NpgsqlDataSource.Create(ConnectionString("postgres"));
        await using var command = source.CreateCommand($"CREATE DATABASE {name}");
        await command.ExecuteNonQueryAsync();
        return ConnectionString(name);
    }

    public string ConnectionString(string database) => $"Host={_folder};Username=pgan;Database={database}";

    private string Data => Path.Combine(_folder, "data");

    private Task AsServerAsync(string program, params string[] arguments)
    {
        var path = Path.Combine(_programs, program);
        return Environment.IsPrivilegedProcess
            ? RunAsync("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", path, .. arguments])
            : RunAsync(path, arguments);
    }

    // The server inherits what pg_ctl has: pipes would stay open as long as it runs.
    private async Task RunAsync(string program, params string[] arguments)
    {
        var output = Path.Combine(Path.GetTempPath(), $"{Path.GetFileName(_folder)}-{Guid.NewGuid():N}.txt");
        var start = new ProcessStartInfo("/bin/sh", ["-c", "out=$1; shift; exec \"$@\" </dev/null >\"$out\" 2>&1", "sh", output, program, .. arguments]) { WorkingDirectory = "/" };
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Patience);
        await process.WaitForExitAsync(limit.Token);
        var text = await File.ReadAllTextAsync(output, CancellationToken.None);
        File.Delete(output);
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {text}");
    }
}

[CollectionDefinition(Name)]
public sealed class PostgresCollection : ICollectionFixture<PostgresServer>
{
    public const string Name = "PostgreSQL";
}
