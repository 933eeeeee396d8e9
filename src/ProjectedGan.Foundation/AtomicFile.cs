using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ProjectedGan.Foundation;

/// <summary>
/// Replaces a file as a whole: written under a temporary name in the same folder, flushed to the disk, then renamed. Whatever
/// goes wrong, the old file stays as it was and the temporary one is removed.
/// </summary>
public static partial class AtomicFile
{
    /// <summary>Writes <paramref name="path"/> with the bytes that <paramref name="write"/> puts into the stream.</summary>
    /// <exception cref="PganException">The disk is full, the folder is missing or not writable, and the like.</exception>
    public static void Write(string path, Action<FileStream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        var target = Path.GetFullPath(path);
        var temporary = $"{target}.{Environment.ProcessId}-{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, target, overwrite: true);
            FlushFolder(Path.GetDirectoryName(target)!);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            Remove(temporary);
            var old = File.Exists(target) ? " The file that was there before is unchanged." : "";
            throw new PganException($"'{path}' cannot be written: {Reason(error, temporary)}{old}");
        }
        catch
        {
            Remove(temporary);
            throw;
        }
    }

    /// <summary>Makes renames inside a folder survive a power cut. Does nothing where folders cannot be flushed (Windows).</summary>
    /// <exception cref="IOException">The folder cannot be opened or flushed.</exception>
    public static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }
        var descriptor = Open(folder, flags: 0);
        if (descriptor < 0)
        {
            throw new IOException($"Folder '{folder}' cannot be opened: {Marshal.GetLastPInvokeErrorMessage()}.");
        }
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        // Some network file systems refuse to flush folders (EINVAL); they order renames themselves.
        const int InvalidArgument = 22;
        if (Synchronize(descriptor) != 0 && Marshal.GetLastPInvokeError() != InvalidArgument)
        {
            throw new IOException($"Folder '{folder}' cannot be flushed: {Marshal.GetLastPInvokeErrorMessage()}.");
        }
    }

    // Users know the name they gave, not the temporary one that the system's message shows.
    private static string Reason(Exception error, string temporary)
    {
        var text = error switch
        {
            DirectoryNotFoundException => "its folder does not exist.",
            UnauthorizedAccessException => "permission denied.",
            _ => error.Message.Replace(temporary, "the temporary file", StringComparison.Ordinal),
        };
        return text.EndsWith('.') ? text : text + ".";
    }

    private static void Remove(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The first error is the one to report; a left-over name ending in .tmp is never read.
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Synchronize(int descriptor);
}
