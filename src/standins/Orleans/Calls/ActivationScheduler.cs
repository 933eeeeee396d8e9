namespace Orleans.Runtime;

/// <summary>
/// Runs the tasks of one activation one at a time on the thread pool. It is the current scheduler of a turn, so what follows an
/// await comes back as a later turn, unless the await was told to leave by ConfigureAwait(false).
/// </summary>
internal sealed class ActivationScheduler(IGrainContext context) : TaskScheduler, IThreadPoolWorkItem
{
    // An activation with much to do lets others have the thread after so many turns.
    private const int TurnsInARow = 64;

    private readonly Queue<Task> _queue = new();
    private bool _scheduled;

    protected override void QueueTask(Task task)
    {
        lock (_queue)
        {
            _queue.Enqueue(task);
            if (_scheduled)
            {
                return;
            }

            _scheduled = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
    }

    // Only code that already runs in a turn of this activation may run more of it on its thread.
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued)
        => !taskWasPreviouslyQueued && ReferenceEquals(RuntimeContext.Current, context) && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_queue)
        {
            return _queue.ToArray();
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        IGrainContext? before = RuntimeContext.Current;
        RuntimeContext.Current = context;
        try
        {
            for (int turn = 0; turn < TurnsInARow; turn++)
            {
                if (!TryDequeue(out Task? task))
                {
                    return;
                }

                TryExecuteTask(task);
            }
        }
        finally
        {
            RuntimeContext.Current = before;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private bool TryDequeue([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Task? task)
    {
        lock (_queue)
        {
            if (_queue.TryDequeue(out task))
            {
                return true;
            }

            _scheduled = false;
            return false;
        }
    }
}
