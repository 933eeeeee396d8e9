using ProjectedGan.Data.Images;
using ProjectedGan.Evaluation.Extraction;
using Spectre.Console;
using static TorchSharp.torch;

namespace ProjectedGan.Cli.Generation;

/// <summary>Shows how far work of known length is: a bar on a terminal, a line every ten seconds elsewhere.</summary>
internal static class WorkProgress
{
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(10);

    /// <summary>Runs <paramref name="work"/>, which tells how much is done and what else is worth saying.</summary>
    /// <param name="total">How much there is to do.</param>
    /// <param name="work">Told where to report; on the calling thread.</param>
    public static void Show(long total, Action<Action<long, string>> work)
    {
        if (AnsiConsole.Profile.Out.IsTerminal)
        {
            AnsiConsole.Progress().AutoClear(true).Start(context =>
            {
                var task = context.AddTask("", maxValue: total);
                work((done, text) =>
                {
                    task.Value = done;
                    task.Description = Markup.Escape(text);
                });
            });
            return;
        }

        var last = TimeProvider.System.GetTimestamp();
        work((done, text) =>
        {
            if (TimeProvider.System.GetElapsedTime(last) >= LineInterval)
            {
                last = TimeProvider.System.GetTimestamp();
                Console.WriteLine($"{done:N0} of {total:N0} {text}");
            }
        });
    }

    /// <summary>The same frames, each of which counts as done when the next one is asked for.</summary>
    public static IEnumerable<ImageBuffer> Counted(IEnumerable<ImageBuffer> frames, Action<long, string> report)
    {
        long done = 0;
        foreach (var frame in frames)
        {
            yield return frame;
            report(++done, "frames");
        }
    }

    /// <summary>The same images, which count as done batch by batch.</summary>
    public static IImageBatches Counted(IImageBatches images, Action<long, string> report) => new CountedImages(images, report);

    private sealed class CountedImages(IImageBatches images, Action<long, string> report) : IImageBatches
    {
        public long Count => images.Count;

        public IEnumerable<Tensor> Batches(int batchSize, CancellationToken cancellation)
        {
            long done = 0;
            foreach (var batch in images.Batches(batchSize, cancellation))
            {
                done += batch.size(0);
                yield return batch;
                report(done, "samples");
            }
        }
    }
}
