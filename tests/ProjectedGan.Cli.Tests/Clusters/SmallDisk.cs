using System.Diagnostics;
using System.Globalization;

namespace ProjectedGan.Cli.Tests.Clusters;

/// <summary>A disk of a chosen size: a file system in memory, mounted on a folder. Only root may mount.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _folder;

    /// <param name="folder">Made if it is missing.</param>
    /// <param name="bytes">How much it holds.</param>
    public SmallDisk(string folder, long bytes)
    {
        _folder = Directory.CreateDirectory(folder).FullName;
        if (Mount("-t", "tmpfs", "-o", Size(bytes), "tmpfs", _folder) is { Length: > 0 } problem)
        {
            throw new InvalidOperationException(problem);
        }
    }

    /// <summary>Why there can be no such disk here; null where there can.</summary>
    public static string? WhyNot { get; } = Probe();

    /// <summary>Makes it larger or smaller, though never smaller than its content.</summary>
    public void Resize(long bytes)
    {
        var problem = Mount("-o", $"remount,{Size(Math.Max(bytes, Used))}", _folder);
        Assert.True(problem.Length == 0, problem);
    }

    /// <summary>Leaves no byte free.</summary>
    public void Fill() => Resize(0);

    public void Dispose() => Run("umount", "--lazy", _folder);

    private long Used
    {
        get
        {
            DriveInfo drive = new(_folder);
            return drive.TotalSize - drive.TotalFreeSpace;
        }
    }

    private static string Size(long bytes) => $"size={bytes.ToString(CultureInfo.InvariantCulture)}";

    private static string? Probe()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return "only root may mount a small file system";
        }

        var folder = Directory.CreateTempSubdirectory("pgan-disk-");
        try
        {
            new SmallDisk(folder.FullName, 1 << 20).Dispose();
            return null;
        }
        catch (InvalidOperationException refused)
        {
            return $"no small file system can be mounted here: {refused.Message}";
        }
        finally
        {
            folder.Delete();
        }
    }

    private static string Mount(params string[] arguments) => Run("mount", arguments);

    private static string Run(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? "" : $"{program} ended with {process.ExitCode}: {errors.Trim()}";
    }
}

/// <summary>A test that needs a <see cref="SmallDisk"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SmallDiskFactAttribute : FactAttribute
{
    public SmallDiskFactAttribute() => Skip = SmallDisk.WhyNot;
}
