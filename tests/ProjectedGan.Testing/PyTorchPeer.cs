using System.Diagnostics;
using System.Text;

namespace ProjectedGan.Testing;

/// <summary>Runs the scripts of tests/peers with a Python that has PyTorch.</summary>
public static class PyTorchPeer
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private static readonly Lazy<string> Python = new(() => PythonInterpreter.With("torch", "python3-torch"));

    /// <summary>Runs a script to its end and gives what it printed. Fails the test with its error output where it fails.</summary>
    public static string Run(string script, params string[] arguments)
    {
        var (code, output, errors) = Start(Python.Value, [PythonInterpreter.Script(script), .. arguments]);
        Assert.True(code == 0, $"{script} ended with {code}: {errors}");
        return output;
    }

    private static (int Code, string Output, string Errors) Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["OMP_NUM_THREADS"] = "1";
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        using var process = Process.Start(start)!;
        var errors = new StringBuilder();
        process.ErrorDataReceived += (_, line) => errors.AppendLine(line.Data);
        process.BeginErrorReadLine();
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end within {Patience}.");
        }
        process.WaitForExit();
        return (process.ExitCode, output.GetAwaiter().GetResult(), errors.ToString());
    }
}
