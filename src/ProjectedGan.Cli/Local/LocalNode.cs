using System.Diagnostics;
using ProjectedGan.Cli.Roles;
using ProjectedGan.Foundation;

namespace ProjectedGan.Cli.Local;

/// <summary>
/// A role of a cluster as a process of this program on this machine. It stops when its standard input closes, so that it does not outlive
/// the process that started it, however that one ends.
/// </summary>
internal sealed class LocalNode : IAsyncDisposable
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(40);
    private readonly Process _process;
    private readonly TaskCompletionSource _announced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<string, string> _announcements = new(StringComparer.Ordinal);
    private readonly StreamWriter _log;
    private readonly string _role;
    private readonly string _logFile;
    private readonly string _lastAnnouncement;

    private LocalNode(string role, string logFile, string lastAnnouncement, Process process)
    {
        _role = role;
        _logFile = logFile;
        _lastAnnouncement = lastAnnouncement;
        _process = process;
        _log = new StreamWriter(new FileStream(logFile, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
        _process.OutputDataReceived += (_, line) => Hear(line.Data);
        _process.ErrorDataReceived += (_, line) => Log(line.Data);
        _process.EnableRaisingEvents = true;
        _process.Exited += (_, _) => _announced.TrySetException(new PganException($"The {_role} ended before it was ready; its log is {_logFile}."));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int ProcessId => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Starts a process and waits until it has announced itself.</summary>
    /// <param name="role">The command, such as <c>worker</c>.</param>
    /// <param name="logFile">What it writes on standard error goes here.</param>
    /// <param name="lastAnnouncement">The words before the address in the last line that it prints when it is ready.</param>
    /// <param name="arguments">The command's options.</param>
    /// <param name="niceness">0, or more for work that lets others go first, up to 19.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="PganException">It ended at once.</exception>
    public static async Task<LocalNode> StartAsync(
        string role, string logFile, string lastAnnouncement, IEnumerable<string> arguments, int niceness, CancellationToken cancellation)
    {
        List<string> command = [Environment.ProcessPath!];
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            command.Add(typeof(LocalNode).Assembly.Location);
        }
        if (niceness > 0)
        {
            // Linux keeps priorities by thread: set from outside later, it would be that of the main thread alone.
            command.InsertRange(0, ["nice", "-n", $"{niceness}"]);
        }
        ProcessStartInfo start = new(command[0], [.. command.Skip(1), role, .. arguments, ParentWatch.Option])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        LocalNode node = new(role, logFile, lastAnnouncement, new Process { StartInfo = start });
        try
        {
            await node._announced.Task.WaitAsync(cancellation);
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    /// <summary>What the process announced behind some words, for example the address behind <c>listening on</c>.</summary>
    public string Announced(string words)
    {
        lock (_announcements)
        {
            return _announcements[words];
        }
    }

    /// <summary>Ends the process as a machine's failure would.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Asks the process to stop, and ends it if it does not.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.StandardInput.Close();
            using CancellationTokenSource patience = new(StopPatience);
            try
            {
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill();
            }
        }
        await _process.WaitForExitAsync();
        _process.Dispose();
        await _log.DisposeAsync();
    }

    private void Hear(string? line)
    {
        Log(line);
        if (line is null || line.LastIndexOf(' ') is not (> 0 and var space))
        {
            return;
        }
        lock (_announcements)
        {
            _announcements[line[..space]] = line[(space + 1)..];
        }
        if (line[..space] == _lastAnnouncement)
        {
            _announced.TrySetResult();
        }
    }

    private void Log(string? line)
    {
        if (line is null)
        {
            return;
        }
        lock (_log)
        {
            if (_log.BaseStream.CanWrite)
            {
                _log.WriteLine(line);
            }
        }
    }
}
