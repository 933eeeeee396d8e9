using System.Diagnostics.CodeAnalysis;
using NetVips;

namespace ProjectedGan.Data.Images;

/// <summary>The one door to libvips: it is set up here, and its errors become <see cref="ImageException"/>.</summary>
internal static class Vips
{
    // libvips gathers the text of errors in one buffer for all threads. Work shares this lock, and what has failed is done once more
    // alone, so that a message never speaks of another thread's file.
    private static readonly ReaderWriterLockSlim Work = new();

    // Native code calls it for as long as the process lives.
    private static readonly Log.LogDelegate Ignore = (_, _, _) => { };

    static Vips()
    {
        // Callers decode side by side; a pool of threads below each of them would only compete with the trainer.
        NetVips.NetVips.Concurrency = 1;
        // No image is read twice, and kept operations keep their pixels.
        Cache.Max = 0;
        NetVips.NetVips.BlockUntrusted = true;
        // Remarks about odd files would go to the standard error; what matters fails.
        Log.SetLogHandler("VIPS", Enums.LogLevelFlags.Warning, Ignore);
    }

    /// <summary>Runs <paramref name="work"/>; false when libvips refused.</summary>
    public static bool TryRun<TInput, TResult>(TInput input, Func<TInput, TResult> work, [MaybeNullWhen(false)] out TResult result)
        where TInput : allows ref struct
    {
        Work.EnterReadLock();
        try
        {
            result = work(input);
            return true;
        }
        catch (VipsException)
        {
            result = default;
            return false;
        }
        finally
        {
            Work.ExitReadLock();
        }
    }

    /// <summary>Runs <paramref name="work"/>, and once more when libvips refuses, for its words.</summary>
    /// <param name="input">Handed to <paramref name="work"/>.</param>
    /// <param name="work">Leaves nothing behind when it fails.</param>
    /// <param name="failure">What the message says before libvips' words.</param>
    /// <exception cref="ImageException">libvips refused.</exception>
    public static TResult Run<TInput, TResult>(TInput input, Func<TInput, TResult> work, string failure)
        where TInput : allows ref struct
    {
        if (TryRun(input, work, out var result))
            return result;
        Work.EnterWriteLock();
        try
        {
            return work(input);
        }
        catch (VipsException error)
        {
            throw new ImageException(Detail(error.Message) is { } detail ? $"{failure} ({detail})" : failure);
        }
        finally
        {
            Work.ExitWriteLock();
        }
    }

    // "unable to call pngload_source", then lines of "place: what"; the last one is nearest to the cause.
    private static string? Detail(string message)
    {
        var lines = message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Skip(1);
        var line = lines.LastOrDefault(line => line.Contains(": ", StringComparison.Ordinal) && !line.StartsWith("source: ", StringComparison.Ordinal));
        return line?[(line.IndexOf(": ", StringComparison.Ordinal) + 2)..];
    }
}
