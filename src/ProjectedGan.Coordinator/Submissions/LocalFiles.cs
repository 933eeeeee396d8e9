using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using ProjectedGan.Foundation;

namespace ProjectedGan.Coordinator.Submissions;

/// <summary>
/// Which files of the coordinator's machine a spec may name. What a spec names can be downloaded by its submitter afterwards, so that
/// strangers must not choose freely. A file is judged after it was opened, by what was opened: names can be led elsewhere in between.
/// </summary>
/// <param name="Root">The folder below which files may be named; null for none.</param>
public sealed partial record LocalFiles(string? Root)
{
    private const int BufferBytes = 1 << 20;

    // Linux' own: reading only; not waiting for the writer of a pipe; not for children; not as the terminal of this process.
    private const int ForReading = 0x800 | 0x80000 | 0x100;

    /// <summary>Everything that the coordinator's process can read; for callers of the same machine.</summary>
    public static LocalFiles Anywhere { get; } = new("/");

    /// <summary>The path of an opened file, as long as it is open, wherever its name leads meanwhile.</summary>
    public static string PathOf(SafeHandle file) => $"/proc/self/fd/{file.DangerousGetHandle()}";

    /// <summary>Opens the file that a spec names.</summary>
    /// <param name="field">The spec's field, for the message.</param>
    /// <param name="path">A path; relative ones begin at the root.</param>
    /// <returns>A regular file that is not empty; the caller closes it.</returns>
    /// <exception cref="PganException">It may not be named, or is no file; the message is for the submitter, and tells no path but theirs.</exception>
    public FileStream Open(string field, string path)
    {
        if (Root is null)
        {
            throw new PganException($"{field} is '{path}', and this coordinator takes no files of its own machine; upload the file (pgan submit does) and give its digest.");
        }

        var full = Path.GetFullPath(path, this == Anywhere ? Environment.CurrentDirectory : Root);
        if (this != Anywhere && !IsBelow(full, Path.GetFullPath(Root)))
        {
            throw Outside(field, path);
        }

        var file = OpenForReading(field, path, full);
        try
        {
            var real = RealPath(file);
            if (this != Anywhere && !IsBelow(real, RealPathOfRoot(field)))
            {
                throw Outside(field, path);
            }

            if (Directory.Exists(real))
            {
                throw new PganException($"{field} is the folder '{path}'; a cluster trains on one file: make a zip of it with 'pgan dataset create'.");
            }

            // Pipes cannot be sought in, and devices have no length.
            FileStream stream = new(file, FileAccess.Read, BufferBytes);
            return stream is { CanSeek: true, Length: > 0 } ? stream : throw new PganException($"{field} is '{path}', which is empty or no regular file; name a file with content.");
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static bool IsBelow(string path, string root) => path.StartsWith(Path.TrimEndingDirectorySeparator(root) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static PganException Outside(string field, string path) =>
        new($"{field} is '{path}', which is not below the coordinator's --local-files folder; upload the file and give its digest.");

    private static SafeFileHandle OpenForReading(string field, string named, string path)
    {
        SafeFileHandle file = new(Open(path, ForReading), ownsHandle: true);
        return !file.IsInvalid ? file : throw new PganException(
            $"{field} is '{named}', which cannot be opened on the coordinator's machine ({Marshal.GetLastPInvokeErrorMessage()}); upload it (pgan submit does) or correct the path.");
    }

    // Without links, in whichever of its components.
    private static string RealPath(SafeFileHandle file) => new FileInfo(PathOf(file)).LinkTarget ?? "";

    private string RealPathOfRoot(string field)
    {
        using var root = OpenForReading(field, "--local-files", Root!);
        return RealPath(root);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);
}
