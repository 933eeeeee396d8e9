using System.Diagnostics;
using NetVips;
using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Cli.Tests.Runs;
using ProjectedGan.Data.Images;
using ProjectedGan.Evaluation.Samples;

namespace ProjectedGan.Cli.Tests.Generation;

[Trait("Speed", "Slow")]
public class AnimationFileTests
{
    private const int Width = 128, Height = 64;

    [Fact]
    public void Write_WebP_HasEveryFrameAndItsTime()
    {
        using TemporaryFolder home = new();
        AnimationFile.Write(home.At("a.webp"), Frames(), framesPerSecond: 8, CancellationToken.None);

        using var pages = Image.WebploadBuffer(File.ReadAllBytes(home.At("a.webp")), n: -1);
        Assert.Equal((Width, 5 * Height), (pages.Width, pages.Height));
        Assert.All((int[])pages.Get("delay"), milliseconds => Assert.Equal(125, milliseconds));
        RequireColours([.. Enumerable.Range(0, 5).Select(page => Mean(pages, page))]);
        Assert.Equal(["a.webp"], Directory.GetFiles(home.Path).Select(file => Path.GetFileName(file)));
    }

    [Fact]
    public void Write_Mp4_HasEveryFrameAndItsTime()
    {
        using TemporaryFolder home = new();
        AnimationFile.Check(home.At("a.mp4"), framesPerSecond: 8);
        AnimationFile.Write(home.At("a.mp4"), Frames(), framesPerSecond: 8, CancellationToken.None);

        Assert.Equal(["a.mp4"], Directory.GetFiles(home.Path).Select(file => Path.GetFileName(file)));
        Run("ffmpeg", "-loglevel", "error", "-i", home.At("a.mp4"), home.At("frame%d.png"));
        Assert.Equal(6, Directory.GetFiles(home.Path).Length);
        RequireColours([.. Enumerable.Range(1, 5).Select(number => Mean(Image.NewFromFile(home.At($"frame{number}.png")), page: 0))]);
        var probed = Run(
            "ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", "stream=width,height,pix_fmt,r_frame_rate,duration",
            "-of", "csv=p=0", home.At("a.mp4"));
        Assert.Equal("128,64,yuv420p,8/1,0.625000", probed.Trim());
    }

    [Fact]
    public async Task Interpolate_ToMp4_FeedsFfmpegAndLeavesWholeFilesOnly()
    {
        using TemporaryFolder home = new();
        (await PganProcess.RunAsync(home.Path, "train", "--spec", TinyRun.Write(home, 8, 0), "--run", "run")).Succeeded();
        string[] interpolate = ["interpolate", "run", "walk.mp4", "--seeds", "4,1,3", "--frames", "2", "--fps", "30"];

        WriteProgram(home, """for file; do :; done; echo "$@" > arguments; /bin/cat > "$file" """);
        var written = await RunWithAsync(home, interpolate);
        Assert.Contains("walk.mp4: 6 frames", written.Succeeded().Output, StringComparison.Ordinal);
        var raw = await File.ReadAllBytesAsync(home.At("walk.mp4"));
        Assert.Equal(6 * 64 * 64 * 3, raw.Length);
        var arguments = await File.ReadAllTextAsync(home.At("arguments"));
        Assert.All(
            new[] { "-f rawvideo -pix_fmt rgb24 -video_size 64x64 -framerate 30 -i -", "-c:v libx264", "-f mp4 " },
            words => Assert.Contains(words, arguments, StringComparison.Ordinal));
        // The walk passes the samples of its seeds.
        (await PganProcess.RunAsync(home.Path, "generate", "run", "samples", "--seeds", "4,1,3")).Succeeded();
        foreach ((var frame, var sample) in new[] { (0, "seed0004.png"), (2, "seed0001.png"), (4, "seed0003.png") })
        {
            var expected = ImageCodec.Decode(await File.ReadAllBytesAsync(home.At("samples", sample))).Pixels;
            Assert.All(expected.Zip(raw.Skip(frame * expected.Length)), pair => Assert.InRange(pair.First - pair.Second, -1, 1));
        }

        WriteProgram(home, "echo 'Unknown encoder' >&2; exit 3");
        (await RunWithAsync(home, interpolate)).Refused(1, "ffmpeg could not write 'walk.mp4' (Unknown encoder)", ".webp");
        Directory.Delete(home.At("programs"), recursive: true);
        (await RunWithAsync(home, interpolate)).Refused(1, "'walk.mp4'", "apt-get install ffmpeg", ".webp");
        Assert.Equal(raw, await File.ReadAllBytesAsync(home.At("walk.mp4")));

        File.Delete(home.At("arguments"));
        WriteProgram(home, "echo > arguments; exec /bin/sleep 600");
        // So many frames that the pipe is full.
        using (var process = PganProcess.Start(home.Path, Programs(home), "interpolate", "run", "long.mp4", "--frames", "50"))
        {
            using CancellationTokenSource patience = new(TimeSpan.FromMinutes(2));
            while (!process.HasExited && !File.Exists(home.At("arguments")))
            {
                Assert.False(patience.IsCancellationRequested, $"ffmpeg was not started. pgan printed:\n{process.Output}\n{process.Errors}");
                await Task.Delay(20);
            }

            process.Interrupt();
            var stopped = await process.WaitAsync();
            Assert.True(stopped.ExitCode == 130, $"pgan ended with {stopped.ExitCode}:\n{stopped.Output}\n{stopped.Errors}");
        }

        Assert.Equal(
            ["arguments", "tiny.yaml", "walk.mp4"],
            Directory.GetFiles(home.Path).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal));
        (await PganProcess.RunAsync(home.Path, "interpolate", "run", "walk.gif")).Refused(2, "'walk.gif'", ".webp", ".mp4");
        string[] refused = ["interpolate", "run", "x.webp"];
        (await PganProcess.RunAsync(home.Path, [.. refused, "--fps", "0"])).Refused(2, "--fps is 0");
        (await PganProcess.RunAsync(home.Path, [.. refused, "--seeds", "0-2", "--cells", "2"])).Refused(2, "--seeds has 3 latents", "--cells is 2");
        (await PganProcess.RunAsync(home.Path, [.. refused, "--seeds", "0-2", "--stops", "3"])).Refused(2, "--seeds", "--stops");
        (await PganProcess.RunAsync(home.Path, [.. refused, "--truncation", "0.5"])).Refused(2, "--truncation is 0.5");
        (await PganProcess.RunAsync(home.Path, [.. refused, "--latents", "nowhere.safetensors"])).Refused(1, "nowhere.safetensors");
        Assert.False(File.Exists(home.At("x.webp")));
    }

    // Each of its own colour.
    private static IEnumerable<ImageBuffer> Frames() => Colours.Select(colour =>
    {
        ImageBuffer frame = new(Width, Height, 3);
        for (var i = 0; i < frame.Pixels.Length; i++)
        {
            frame.Pixels[i] = (byte)colour[i % 3];
        }

        return frame;
    });

    private static int[][] Colours => [[200, 40, 40], [40, 200, 40], [40, 40, 200], [90, 90, 90], [230, 220, 30]];

    // Both formats keep less of colours than of brightness, and none of them every bit.
    private static void RequireColours(double[][] found)
    {
        Assert.Equal(Colours.Length, found.Length);
        Assert.All(
            Colours.Zip(found),
            pair => Assert.All(pair.First.Zip(pair.Second), channel => Assert.InRange(channel.Second - channel.First, -8, 8)));
    }

    private static double[] Mean(Image pages, int page)
    {
        using var frame = pages.ExtractArea(0, page * Height, Width, Height);
        return [.. Enumerable.Range(0, 3).Select(band => frame.ExtractBand(band).Avg())];
    }

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}.");
        return output;
    }

    private static void WriteProgram(TemporaryFolder home, string script)
    {
        Directory.CreateDirectory(home.At("programs"));
        File.WriteAllText(home.At("programs", "ffmpeg"), $"#!/bin/sh\n{script}\n");
        Run("chmod", "+x", home.At("programs", "ffmpeg"));
    }

    private static Dictionary<string, string> Programs(TemporaryFolder home) => new() { ["PATH"] = home.At("programs") };

    private static async Task<PganResult> RunWithAsync(TemporaryFolder home, string[] arguments)
    {
        using var process = PganProcess.Start(home.Path, Programs(home), arguments);
        return await process.WaitAsync();
    }
}
