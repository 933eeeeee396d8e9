using System.Diagnostics;
using System.Globalization;
using System.Text;
using ProjectedGan.Data.Images;
using ProjectedGan.Foundation;

namespace ProjectedGan.Evaluation.Samples;

/// <summary>Writes frames as an animated WebP, or as an MP4 (H.264) by way of ffmpeg. A file is replaced as a whole.</summary>
public static class AnimationFile
{
    private const string WebP = ".webp", Mp4 = ".mp4";
    private const string Program = "ffmpeg";

    /// <summary>Refuses what <see cref="Write"/> cannot write, before frames are made.</summary>
    /// <exception cref="UsageException">The name ends in neither .webp nor .mp4, or there are no so many frames a second.</exception>
    /// <exception cref="PganException">It is an .mp4, and there is no ffmpeg.</exception>
    public static void Check(string path, int framesPerSecond)
    {
        if (!Ends(path, WebP) && !Ends(path, Mp4))
        {
            throw new UsageException($"'{path}' ends with neither {WebP} nor {Mp4}, the formats of animations here.");
        }

        // A frame of a WebP lasts whole milliseconds.
        if (framesPerSecond is < 1 or > 240)
        {
            throw new UsageException($"--fps is {framesPerSecond}; give 1 to 240 frames a second.");
        }

        if (Ends(path, Mp4) && Programs.Find(Program) is null)
        {
            throw new PganException($"'{path}' is written by {Program}, which is not on the PATH: "
                + $"install it (Debian and Ubuntu: apt-get install {Program}), or give a name with {WebP}, which needs no other program.");
        }
    }

    /// <summary>Writes all frames.</summary>
    /// <param name="path">A name that <see cref="Check"/> accepts.</param>
    /// <param name="frames">At least one; RGB, all of one size.</param>
    /// <param name="framesPerSecond">1 to 240; of a WebP rounded to whole milliseconds a frame.</param>
    /// <param name="cancellation">Ends it between two frames, without a file.</param>
    /// <exception cref="PganException">The file cannot be written.</exception>
    public static void Write(string path, IEnumerable<ImageBuffer> frames, int framesPerSecond, CancellationToken cancellation)
    {
        if (Ends(path, WebP))
        {
            var animation = ImageCodec.EncodeAnimatedWebp(frames, TimeSpan.FromMilliseconds(Math.Round(1000.0 / framesPerSecond)));
            cancellation.ThrowIfCancellationRequested();
            AtomicFile.Write(path, stream => stream.Write(animation));
            return;
        }

        using var each = frames.GetEnumerator();
        if (!each.MoveNext())
        {
            throw new ArgumentException("An animation needs at least one frame.", nameof(frames));
        }

        // ffmpeg writes the temporary file by its name.
        AtomicFile.Write(path, stream => Encode(path, Start(stream.Name, each.Current, framesPerSecond), each, cancellation));
    }

    private static Process Start(string file, ImageBuffer first, int framesPerSecond)
    {
        // 4:2:0, which every player knows; 17 is nearly without visible loss (0 to 51).
        var arguments = string.Create(CultureInfo.InvariantCulture,
            $"-loglevel error -y -f rawvideo -pix_fmt rgb24 -video_size {first.Width}x{first.Height} -framerate {framesPerSecond} -i - ")
            + "-an -c:v libx264 -crf 17 -pix_fmt yuv420p -movflags +faststart -f mp4";
        return Process.Start(new ProcessStartInfo(Programs.Find(Program)!, [.. arguments.Split(' '), file])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
        })!;
    }

    private static void Encode(string path, Process started, IEnumerator<ImageBuffer> frames, CancellationToken cancellation)
    {
        using var process = started;
        StringBuilder errors = new();
        process.ErrorDataReceived += (_, line) => errors.AppendLine(line.Data);
        process.BeginErrorReadLine();
        // Also where it takes no more frames.
        using var stop = cancellation.Register(process.Kill);
        try
        {
            Feed(process.StandardInput.BaseStream, frames);
            process.WaitForExit();
        }
        catch
        {
            process.Kill();
            process.WaitForExit();
            throw;
        }

        // Ctrl-C reaches both, and it may be the first to end.
        cancellation.ThrowIfCancellationRequested();
        if (process.ExitCode != 0)
        {
            var said = errors.ToString().Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            var reason = said.Length > 0 ? string.Join("; ", said.TakeLast(3)) : $"exit code {process.ExitCode}";
            throw new PganException($"{Program} could not write '{path}' ({reason}); a name with {WebP} needs no other program.");
        }
    }

    private static void Feed(Stream input, IEnumerator<ImageBuffer> frames)
    {
        try
        {
            using (input)
            {
                do
                {
                    input.Write(frames.Current.Pixels);
                }
                while (frames.MoveNext());
            }
        }
        catch (IOException)
        {
            // It has ended, and says why.
        }
    }

    private static bool Ends(string path, string extension) => path.EndsWith(extension, StringComparison.OrdinalIgnoreCase);
}
