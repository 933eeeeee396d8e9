using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>Holds what was made on its thread while it was the innermost scope, and disposes it when it ends.</summary>
public sealed class DisposeScope : IDisposable
{
    // Finalizers and other threads may take members out, hence the lock.
    private readonly HashSet<IDisposable> _members = new(ReferenceEqualityComparer.Instance);
    private DisposeScopeManager? _manager;

    internal DisposeScope(DisposeScopeManager manager, DisposeScope? outer)
    {
        _manager = manager;
        Outer = outer;
    }

    public int DisposablesCount
    {
        get
        {
            lock (_members)
            {
                return _members.Count;
            }
        }
    }

    public IReadOnlyList<IDisposable> DisposablesView => Snapshot();

    internal DisposeScope? Outer { get; }

    public bool Contains(IDisposable disposable)
    {
        lock (_members)
        {
            return _members.Contains(disposable);
        }
    }

    public T MoveToOuter<T>(T disposable)
        where T : IDisposable => MoveToOther(Outer, disposable);

    public (T1 first, T2 second) MoveToOuter<T1, T2>(T1 first, T2 second)
        where T1 : IDisposable
        where T2 : IDisposable => MoveToOther(Outer, first, second);

    public (T1 first, T2 second, T3 third) MoveToOuter<T1, T2, T3>(T1 first, T2 second, T3 third)
        where T1 : IDisposable
        where T2 : IDisposable
        where T3 : IDisposable => MoveToOther(Outer, first, second, third);

    public void MoveToOuter(params IDisposable[] disposables) => MoveToOther(Outer, disposables);

    public void MoveToOuter(IEnumerable<IDisposable> disposables) => MoveToOther(Outer, disposables);

    public T MoveToOther<T>(DisposeScope? scope, T disposable)
        where T : IDisposable
    {
        Move(disposable, scope);
        return disposable;
    }

    public (T1 first, T2 second) MoveToOther<T1, T2>(DisposeScope? scope, T1 first, T2 second)
        where T1 : IDisposable
        where T2 : IDisposable => (MoveToOther(scope, first), MoveToOther(scope, second));

    public (T1 first, T2 second, T3 third) MoveToOther<T1, T2, T3>(DisposeScope? scope, T1 first, T2 second, T3 third)
        where T1 : IDisposable
        where T2 : IDisposable
        where T3 : IDisposable => (MoveToOther(scope, first), MoveToOther(scope, second), MoveToOther(scope, third));

    public void MoveToOther(DisposeScope? scope, params IDisposable[] disposables) =>
        MoveToOther(scope, (IEnumerable<IDisposable>)disposables);

    public void MoveToOther(DisposeScope? scope, IEnumerable<IDisposable> disposables)
    {
        foreach (var disposable in disposables)
        {
            Move(disposable, scope);
        }
    }

    public T Detach<T>(T disposable)
        where T : IDisposable => MoveToOther(null, disposable);

    public (T1 first, T2 second) Detach<T1, T2>(T1 first, T2 second)
        where T1 : IDisposable
        where T2 : IDisposable => MoveToOther(null, first, second);

    public (T1 first, T2 second, T3 third) Detach<T1, T2, T3>(T1 first, T2 second, T3 third)
        where T1 : IDisposable
        where T2 : IDisposable
        where T3 : IDisposable => MoveToOther(null, first, second, third);

    public void Detach(params IDisposable[] disposables) => MoveToOther(null, disposables);

    public void Detach(IEnumerable<IDisposable> disposables) => MoveToOther(null, disposables);

    public void Attach(IDisposable disposable)
    {
        if (disposable is Tensor tensor && tensor.OwningDisposeScope is { } owner && owner != this)
        {
            owner.Forget(tensor);
        }

        Add(disposable);
    }

    public void Attach(params IDisposable[] disposables) => _ = Attach((IEnumerable<IDisposable>)disposables);

    public IReadOnlyList<IDisposable> Attach(IEnumerable<IDisposable> disposables)
    {
        var attached = disposables as IReadOnlyList<IDisposable> ?? disposables.ToList();
        foreach (var disposable in attached)
        {
            Attach(disposable);
        }

        return attached;
    }

    public void DisposeEverything() => DisposeEverythingBut(Enumerable.Empty<IDisposable>());

    public void DisposeEverythingBut(IEnumerable<IDisposable> inKeep)
    {
        var kept = new HashSet<IDisposable>(inKeep, ReferenceEqualityComparer.Instance);
        foreach (var member in Snapshot())
        {
            if (!kept.Contains(member))
            {
                Forget(member);
                member.Dispose();
            }
        }
    }

    public void DisposeEverythingBut(params IDisposable[] keep) => DisposeEverythingBut((IEnumerable<IDisposable>)keep);

    public T DisposeEverythingBut<T>(T keep)
        where T : IDisposable
    {
        DisposeEverythingBut(new IDisposable[] { keep });
        return keep;
    }

    public (T1 first, T2 second) DisposeEverythingBut<T1, T2>(T1 first, T2 second)
        where T1 : IDisposable
        where T2 : IDisposable
    {
        DisposeEverythingBut(new IDisposable[] { first, second });
        return (first, second);
    }

    public (T1 first, T2 second, T3 third) DisposeEverythingBut<T1, T2, T3>(T1 first, T2 second, T3 third)
        where T1 : IDisposable
        where T2 : IDisposable
        where T3 : IDisposable
    {
        DisposeEverythingBut(new IDisposable[] { first, second, third });
        return (first, second, third);
    }

    public void MarkAsDisposed(IDisposable disposable) => Forget(disposable);

    public void Dispose()
    {
        if (_manager is { } manager)
        {
            _manager = null;
            DisposeEverything();
            manager.Close(this);
        }
    }

    internal void Add(IDisposable disposable)
    {
        lock (_members)
        {
            _members.Add(disposable);
        }

        if (disposable is Tensor tensor)
        {
            tensor.OwningDisposeScope = this;
        }
    }

    private bool Forget(IDisposable disposable)
    {
        bool removed;
        lock (_members)
        {
            removed = _members.Remove(disposable);
        }

        if (disposable is Tensor tensor && tensor.OwningDisposeScope == this)
        {
            tensor.OwningDisposeScope = null;
        }

        return removed;
    }

    // What is not this scope's own stays where it is.
    private void Move(IDisposable disposable, DisposeScope? target)
    {
        ObjectDisposedException.ThrowIf(_manager is null, this);
        if (Forget(disposable))
        {
            target?.Add(disposable);
        }
    }

    private IDisposable[] Snapshot()
    {
        lock (_members)
        {
            return [.. _members];
        }
    }
}
