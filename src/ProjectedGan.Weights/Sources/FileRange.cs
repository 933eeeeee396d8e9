using Microsoft.Win32.SafeHandles;

namespace ProjectedGan.Weights.Sources;

/// <summary>Exact reads at a position of a file, from any thread.</summary>
internal static class FileRange
{
    /// <exception cref="WeightFileException">The file does not exist or may not be read.</exception>
    public static SafeFileHandle Open(string path)
    {
        try
        {
            if (Directory.Exists(path))
            {
                throw new WeightFileException($"'{path}' is a folder, not a weight file.");
            }
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new WeightFileException($"Weight file '{path}' does not exist.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new WeightFileException($"Weight file '{path}' cannot be opened: {error.Message}");
        }
    }

    /// <summary>Bytes of the file, where a link leads to one: not the link's own.</summary>
    /// <inheritdoc cref="Open"/>
    public static long Length(string path)
    {
        using var file = Open(path);
        return RandomAccess.GetLength(file);
    }

    /// <exception cref="EndOfStreamException">The file ends before the destination is full.</exception>
    public static void Read(SafeFileHandle file, long offset, Span<byte> destination)
    {
        while (destination.Length > 0)
        {
            var count = RandomAccess.Read(file, destination, offset);
            if (count == 0)
            {
                throw new EndOfStreamException("the file ends too early.");
            }
            destination = destination[count..];
            offset += count;
        }
    }
}
