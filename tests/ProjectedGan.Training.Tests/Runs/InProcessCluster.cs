using System.Runtime.ExceptionServices;
using ProjectedGan.AllReduce.Reduction;
using ProjectedGan.Data.Datasets;
using ProjectedGan.Foundation;
using ProjectedGan.Specification;
using ProjectedGan.Training.Runs;

namespace ProjectedGan.Training.Tests.Runs;

/// <summary>
/// Several workers as threads of one process: the same exchange of partial sums as between machines, for tests and for measuring what
/// distribution costs.
/// </summary>
internal static class InProcessCluster
{
    /// <summary>Trains until the spec's end and returns every worker's <see cref="Trainer.StateHash"/>; they are all equal.</summary>
    /// <param name="spec">The run.</param>
    /// <param name="dataset">The images; shared by all workers.</param>
    /// <param name="hosted">How many consecutive replicas each worker hosts; together all of the spec's.</param>
    /// <param name="options">For every worker; observer and checkpoints are the first worker's alone, which leads.</param>
    /// <param name="stop">Ends training at the next iteration's boundary on all workers.</param>
    /// <exception cref="UsageException">The numbers of replicas do not add up to the spec's.</exception>
    public static IReadOnlyList<string> Run(
        TrainingSpec spec, IImageDataset? dataset, IReadOnlyList<int> hosted, TrainerOptions? options, CancellationToken stop)
    {
        options ??= new TrainerOptions();
        if (hosted.Any(count => count < 1) || hosted.Sum() != spec.Replicas)
        {
            throw new UsageException($"{hosted.Count} workers with {string.Join(" + ", hosted)} replicas do not make the {spec.Replicas} of the spec; "
                + $"use at most {spec.Replicas} workers with one replica or more each.");
        }
        using var exchange = new InProcessExchange(new CanonicalTree(spec.Replicas), hosted.Count, spec.Reduction.Wire);
        using var abort = CancellationTokenSource.CreateLinkedTokenSource(options.Abort);
        var agreement = new StopAgreement();
        var hashes = new string[hosted.Count];
        ExceptionDispatchInfo? failure = null;
        var threads = hosted.Select((count, index) => new Thread(() =>
        {
            try
            {
                var first = hosted.Take(index).Sum();
                using var trainer = Trainer.Create(spec, dataset, options with
                {
                    Hosted = new ReplicaRange(first, first + count),
                    Exchange = exchange.Join(),
                    Agreement = agreement,
                    Abort = abort.Token,
                    Observer = index == 0 ? options.Observer : null,
                    WritesCheckpoints = index == 0,
                });
                trainer.Run(stop);
                hashes[index] = trainer.StateHash();
            }
            catch (Exception error)
            {
                // The first failure is the cause; the others' are that they no longer find it.
                Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(error), null);
                exchange.Abort();
                abort.Cancel();
            }
        })
        { IsBackground = true, Name = $"worker {index}" }).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        failure?.Throw();
        return hashes;
    }
}
