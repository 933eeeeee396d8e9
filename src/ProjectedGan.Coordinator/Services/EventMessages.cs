using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Protocol.V1;

namespace ProjectedGan.Coordinator.Services;

/// <summary>Events as messages of the public API.</summary>
public static class EventMessages
{
    public static Event ToMessage(ExperimentEvent record)
    {
        Event message = new() { Sequence = record.Sequence, Time = ExperimentMessages.Time(record.Time), Text = record.Text };
        if (record.Transition is { } transition)
        {
            message.Transition = ExperimentMessages.ToMessage(transition);
        }
        else if (record.Progress is { } progress)
        {
            message.Progress = ExperimentMessages.ToMessage(progress);
        }
        else if (record.Epoch is { } epoch)
        {
            message.Epoch = ExperimentMessages.ToMessage(epoch);
        }
        else if (record.Snapshot is { } snapshot)
        {
            message.Snapshot = ExperimentMessages.ToMessage(snapshot);
        }
        else if (record.Checkpoint is { } checkpoint)
        {
            message.Checkpoint = new Protocol.V1.CheckpointRecord { Iteration = checkpoint.Iteration, Images = checkpoint.Images };
        }
        else if (record.Worker is { } worker)
        {
            message.Worker = new Protocol.V1.WorkerEvent { Worker = worker.Worker, What = worker.What, Reason = worker.Reason };
        }
        else if (record.Log is { } log)
        {
            message.Log = new Protocol.V1.LogLine { Worker = log.Worker, Level = log.Level, Text = log.Text };
        }

        return message;
    }
}
