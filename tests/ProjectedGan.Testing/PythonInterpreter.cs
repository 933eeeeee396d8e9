using System.ComponentModel;
using System.Diagnostics;

namespace ProjectedGan.Testing;

/// <summary>Finds a Python for the scripts of tests/peers, and those scripts.</summary>
public static class PythonInterpreter
{
    /// <summary>A Python that has a module: the one that PGAN_PYTHON names, or the system's.</summary>
    /// <exception cref="InvalidOperationException">None has it; the text names the Debian package.</exception>
    public static string With(string module, string debianPackage)
    {
        var named = Environment.GetEnvironmentVariable("PGAN_PYTHON");
        string[] candidates = string.IsNullOrEmpty(named) ? ["/usr/bin/python3", "python3"] : [named];
        return candidates.FirstOrDefault(python => Has(python, module)) ?? throw new InvalidOperationException(
            $"No Python with '{module}': tried {string.Join(", ", candidates)}. Install {debianPackage} (./pgan test does), or set PGAN_PYTHON.");
    }

    /// <summary>The path of a script of tests/peers.</summary>
    public static string Script(string name) => Path.Combine(FindAbove(Path.Combine("tests", "peers")), name);

    /// <summary>The path of a folder of the repository.</summary>
    /// <exception cref="InvalidOperationException">No folder above the tests has it.</exception>
    public static string FindAbove(string folder)
    {
        for (var above = new DirectoryInfo(AppContext.BaseDirectory); above is not null; above = above.Parent)
        {
            var candidate = Path.Combine(above.FullName, folder);
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        throw new InvalidOperationException($"No {folder} above '{AppContext.BaseDirectory}'.");
    }

    private static bool Has(string python, string module)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(python, ["-c", $"import {module}"]) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
