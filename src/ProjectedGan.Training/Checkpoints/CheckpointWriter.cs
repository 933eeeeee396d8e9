using ProjectedGan.Foundation;

namespace ProjectedGan.Training.Checkpoints;

/// <summary>Writes checkpoints on a thread of its own, one at a time. Used by the training thread.</summary>
/// <param name="store">Where they go.</param>
/// <param name="written">Told the folder, from the writing thread.</param>
/// <param name="failed">Told the reason in one line, from the writing thread.</param>
internal sealed class CheckpointWriter(CheckpointStore store, Action<string> written, Action<string> failed)
{
    private Thread? _thread;
    private PganException? _failure;

    /// <summary>Starts to write a snapshot, once the one before it is written, and disposes it.</summary>
    public void Begin(TrainingSnapshot snapshot)
    {
        _thread?.Join();
        _failure = null;
        _thread = new Thread(() => Write(snapshot)) { IsBackground = true, Name = "checkpoint" };
        _thread.Start();
    }

    /// <summary>Waits for the last snapshot.</summary>
    /// <exception cref="PganException">It could not be written.</exception>
    public void Finish()
    {
        _thread?.Join();
        _thread = null;
        if (_failure is { } failure)
        {
            _failure = null;
            throw failure;
        }
    }

    private void Write(TrainingSnapshot snapshot)
    {
        string folder;
        try
        {
            using (snapshot)
            {
                folder = store.Write(snapshot.Manifest, snapshot.Files);
            }
        }
        catch (Exception error)
        {
            _failure = error as PganException ?? new PganException($"{store.Root}: the checkpoint cannot be written: {error.Message}", error);
            failed(_failure.Message);
            return;
        }
        // The checkpoint is whole: what its news lead to is no failure of it.
        written(folder);
    }
}
