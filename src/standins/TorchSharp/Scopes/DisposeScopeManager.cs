namespace TorchSharp;

/// <summary>The calling thread's stack of dispose scopes. A tensor made inside a scope dies with it.</summary>
public class DisposeScopeManager
{
    [ThreadStatic]
    private static DisposeScopeManager? ThreadInstance;

    private readonly Stack<DisposeScope> _scopes = new();

    internal static DisposeScopeManager Current => ThreadInstance ??= new DisposeScopeManager();

    internal DisposeScope? Innermost => _scopes.Count > 0 ? _scopes.Peek() : null;

    internal DisposeScope Open()
    {
        var scope = new DisposeScope(this, Innermost);
        _scopes.Push(scope);
        return scope;
    }

    internal void Close(DisposeScope scope)
    {
        // A scope that is closed out of order takes the scopes inside it off the stack as well.
        while (_scopes.Contains(scope) && _scopes.Pop() != scope)
        {
        }
    }
}

public static partial class torch
{
    public static DisposeScope? CurrentDisposeScope => DisposeScopeManager.Current.Innermost;

    public static DisposeScope NewDisposeScope() => DisposeScopeManager.Current.Open();

    /// <summary>Runs the expression in a scope of its own and keeps its result alone.</summary>
    public static Tensor WrappedTensorDisposeScope(Func<Tensor> expr)
    {
        using var scope = NewDisposeScope();
        return expr().MoveToOuterDisposeScope();
    }
}
