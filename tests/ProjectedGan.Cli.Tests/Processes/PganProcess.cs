using System.Diagnostics;
using System.Text;

namespace ProjectedGan.Cli.Tests.Processes;

/// <summary>The real <c>pgan</c> as a process of its own. It dies with the test.</summary>
internal sealed class PganProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();

    private PganProcess(Process process)
    {
        _process = process;
        _process.OutputDataReceived += (_, line) => Append(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Append(_errors, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Output => Text(_output);

    public string Errors => Text(_errors);

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public static PganProcess Start(string home, params string[] arguments) => Start(home, new Dictionary<string, string>(), arguments);

    /// <param name="home">Its working directory.</param>
    /// <param name="environment">Variables beside the usual ones.</param>
    /// <param name="arguments">The command line.</param>
    public static PganProcess Start(string home, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal) ? Environment.ProcessPath : "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = home,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "pgan.dll"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["PGAN_HOME"] = home;
        start.Environment["PGAN_WEIGHTS"] = Path.Combine(home, "weights");
        start.Environment["PGAN_DOWNLOADS"] = Repository.Downloads;
        foreach ((var name, var value) in environment)
        {
            start.Environment[name] = value;
        }

        return new PganProcess(new Process { StartInfo = start });
    }

    /// <summary>Runs to the end.</summary>
    public static async Task<PganResult> RunAsync(string home, params string[] arguments)
    {
        using var process = Start(home, arguments);
        return await process.WaitAsync();
    }

    public async Task<PganResult> WaitAsync()
    {
        using CancellationTokenSource patience = new(Patience);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"pgan did not end within {Patience}. It printed:\n{Output}\n{Errors}");
        }

        return new PganResult(_process.ExitCode, Output, Errors);
    }

    public void Kill() => _process.Kill();

    /// <summary>Sends SIGINT, as Ctrl-C does.</summary>
    public void Interrupt() => Process.Start("kill", ["-INT", $"{Id}"])!.WaitForExit();

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private static void Append(StringBuilder text, string? line)
    {
        lock (text)
        {
            text.AppendLine(line);
        }
    }

    private static string Text(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString().TrimEnd();
        }
    }
}
