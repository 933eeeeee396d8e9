using static TorchSharp.torch;

namespace ProjectedGan.Training.Iteration;

/// <summary>
/// The generator's phase of one replica, with fresh latents: G learns from mean(−D(G(z))), or from pairs with real images.
/// </summary>
internal sealed class GeneratorPhase(WorkerState worker)
{
    /// <param name="lane">Computes.</param>
    /// <param name="replica">Which one.</param>
    /// <param name="iteration">From 0.</param>
    /// <param name="real">The iteration's real images, where the loss pairs them with generated ones; stays the caller's.</param>
    public void Run(ReplicaLane lane, int replica, long iteration, RealBatch? real)
    {
        using var scope = NewDisposeScope();
        var moment = new ReplicaMoment(iteration, TrainingPhase.Generator, replica);
        var state = worker.Replica(replica);
        Load(lane);
        lane.GeneratorState.RequireGradients(true);
        lane.DiscriminatorState.RequireGradients(false);
        lane.GeneratorGradients.Begin(replica);

        var loss = Loss(lane, moment, state, real);
        using (worker.Timings.Measure(IterationPart.GeneratorBackward))
        {
            loss.backward();
            state.ReplaceProbe(TrainingPhase.Generator, lane.GeneratorGradients.Finish());
        }
        worker.Probe?.Tensor("G/loss", loss);
        Store(lane, state, loss);
    }

    private Tensor Loss(ReplicaLane lane, ReplicaMoment moment, ReplicaState state, RealBatch? real)
    {
        Tensor images;
        Tensor? labels;
        using (worker.Timings.Measure(IterationPart.GeneratorForward))
        {
            using var taps = lane.GeneratorGradients.Tap(last: true);
            (images, labels) = worker.Generate(lane, moment, real);
        }
        using (worker.Timings.Measure(IterationPart.GeneratorLoss))
        {
            if (worker.Spec.SharedFakes)
            {
                state.Fakes = images.detach().DetachFromDisposeScope();
                state.FakeLabels = labels?.alias().DetachFromDisposeScope();
            }
            var seen = worker.View.Of(images, worker.ImagesSeen(moment.Iteration), () => worker.Randomness.Augmentation(moment, ImageOrigin.Generated));
            var logits = worker.Logits(lane, worker.Project(seen), labels);
            worker.Probe?.Tensor("G/fake_image", images);
            worker.Probe?.Tensor("G/fake_logits", logits);
            return real is null ? HingeLoss.Generator(logits) : RelativisticLoss.Generator(logits, RealLogits(lane, moment, real));
        }
    }

    // G does not reach them.
    private Tensor RealLogits(ReplicaLane lane, ReplicaMoment moment, RealBatch real)
    {
        using var noGrad = no_grad();
        lane.DiscriminatorState.SpectralVectors.CopyFrom(worker.Discriminator.SpectralVectors);
        var seen = worker.View.Of(real.Images, worker.ImagesSeen(moment.Iteration), () => worker.Randomness.Augmentation(moment, ImageOrigin.Real));
        return worker.Logits(lane, worker.Project(seen), real.Labels);
    }

    private void Load(ReplicaLane lane)
    {
        lane.GeneratorState.Statistics.CopyFrom(worker.Generator.Statistics);
        lane.GeneratorState.Counters.CopyFrom(worker.Generator.Counters);
        lane.GeneratorState.SpectralVectors.CopyFrom(worker.Generator.SpectralVectors);
        lane.DiscriminatorState.Statistics.CopyFrom(worker.Discriminator.Statistics);
        lane.DiscriminatorState.Counters.CopyFrom(worker.Discriminator.Counters);
        lane.DiscriminatorState.SpectralVectors.CopyFrom(worker.VectorsForGenerated);
    }

    private void Store(ReplicaLane lane, ReplicaState state, Tensor loss)
    {
        using var noGrad = no_grad();
        state.Row = worker.Statistics.Rent();
        worker.Row.Generator(state.Row).copy_(lane.GeneratorState.Statistics.Flat);
        worker.Row.Discriminator(state.Row).copy_(lane.DiscriminatorState.Statistics.Flat);
        worker.Row.Reported(state.Row).narrow(0, 0, ReplicaRow.GeneratorFigures).copy_(loss.detach().reshape(1));
        state.GeneratorCounters!.copy_(lane.GeneratorState.Counters.Flat);
        state.DiscriminatorCounters!.copy_(lane.DiscriminatorState.Counters.Flat);
    }
}
