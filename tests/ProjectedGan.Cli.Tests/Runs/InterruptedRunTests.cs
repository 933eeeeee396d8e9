using ProjectedGan.Cli.Tests.Processes;

namespace ProjectedGan.Cli.Tests.Runs;

[Trait("Speed", "Slow")]
public class InterruptedRunTests
{
    private const int Images = 160;

    [Fact]
    public async Task Train_KilledAgainAndAgain_EndsWithTheWeightsOfAnUnbrokenRun()
    {
        using TemporaryFolder home = new();
        var spec = TinyRun.Write(home, Images, checkpointImages: 8);
        string[] broken = ["train", "--spec", spec, "--run", home.At("broken")];
        var whole = (await PganProcess.RunAsync(home.Path, "train", "--spec", spec, "--run", home.At("whole"))).Succeeded();

        var seed = Environment.TickCount;
        Random random = new(seed);
        var kills = 0;
        for (var attempt = 0; attempt < 4; attempt++)
        {
            var before = File.Exists(home.At("broken", "log.jsonl")) ? await CountLinesAsync(home.At("broken", "log.jsonl")) : 0;
            using var process = PganProcess.Start(home.Path, broken);
            // An iteration writes a line or two: it is killed somewhere in its first dozen.
            await WaitForLogAsync(home.At("broken", "log.jsonl"), process, lines: before + random.Next(1, 16));
            if (!process.HasExited)
            {
                process.Kill();
                kills++;
            }

            await process.WaitAsync();
        }

        var resumed = (await PganProcess.RunAsync(home.Path, broken)).Succeeded();
        Assert.True(kills > 0, "No process was killed before it ended.");
        Assert.True(TinyRun.WeightsHash(whole) == TinyRun.WeightsHash(resumed), $"The weights differ after {kills} kills with seed {seed}:\n{whole.Output}\n{resumed.Output}");
    }

    [Fact]
    public async Task Train_CtrlC_StopsWithACheckpointAndResumes()
    {
        using TemporaryFolder home = new();
        var spec = TinyRun.Write(home, Images, checkpointImages: 0);
        string[] arguments = ["train", "--spec", spec, "--run", home.At("run")];
        using (var process = PganProcess.Start(home.Path, arguments))
        {
            await WaitForLogAsync(home.At("run", "log.jsonl"), process, lines: 3);
            process.Interrupt();
            var stopped = await process.WaitAsync();
            Assert.Equal(130, stopped.ExitCode);
            Assert.Contains("resumes", stopped.Output, StringComparison.Ordinal);
        }

        Assert.NotEmpty(Directory.GetDirectories(home.At("run", "checkpoints"), "checkpoint-*"));
        (await PganProcess.RunAsync(home.Path, arguments)).Succeeded();
        Assert.Contains("Resumed at", await File.ReadAllTextAsync(home.At("run", "log.jsonl")), StringComparison.Ordinal);
    }

    private static async Task WaitForLogAsync(string path, PganProcess process, int lines)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromMinutes(2));
        while (!process.HasExited && !(File.Exists(path) && await CountLinesAsync(path) >= lines))
        {
            Assert.False(patience.IsCancellationRequested, $"{path} did not reach {lines} lines. pgan printed:\n{process.Output}\n{process.Errors}");
            await Task.Delay(20);
        }
    }

    private static async Task<int> CountLinesAsync(string path)
    {
        await using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using StreamReader reader = new(file);
        return (await reader.ReadToEndAsync()).Count(character => character == '\n');
    }
}
