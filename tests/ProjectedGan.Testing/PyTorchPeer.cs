using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace ProjectedGan.Testing;

/// <summary>Runs the scripts of tests/interop with a Python that has PyTorch.</summary>
public static class PyTorchPeer
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private static readonly Lazy<string> Python = new(FindPython);

    private static readonly Lazy<string> Scripts = new(FindScripts);

    /// <summary>Runs a script to its end and gives what it printed. Fails the test with its error output where it fails.</summary>
    public static string Run(string script, params string[] arguments)
    {
        var (code, output, errors) = Start(Python.Value, [Path.Combine(Scripts.Value, script), .. arguments]);
        Assert.True(code == 0, $"{script} ended with {code}: {errors}");
        return output;
    }

    private static string FindScripts()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "tests", "interop");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }
        throw new InvalidOperationException($"No tests/interop above '{AppContext.BaseDirectory}'.");
    }

    private static string FindPython()
    {
        var named = Environment.GetEnvironmentVariable("PGAN_PYTHON");
        string[] candidates = string.IsNullOrEmpty(named) ? ["/usr/bin/python3", "python3"] : [named];
        return candidates.FirstOrDefault(HasTorch) ?? throw new InvalidOperationException(
            $"No Python with PyTorch: tried {string.Join(", ", candidates)}. Install python3-torch (./pgan test does), or set PGAN_PYTHON.");
    }

    private static bool HasTorch(string python)
    {
        try
        {
            return Start(python, ["-c", "import torch"]).Code == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
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
