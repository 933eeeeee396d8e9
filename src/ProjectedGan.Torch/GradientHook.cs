using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using static TorchSharp.torch;

namespace ProjectedGan.Torch;

/// <summary>Calls back in the middle of a backward pass, as soon as one parameter's gradient is complete.</summary>
/// <remarks>
/// The call comes once a backward pass, after every use of the parameter has added its share, so that the gradient can be sent while the
/// pass goes on with the layers before. On the CPU it comes on the thread that called <c>backward</c>, on CUDA on libtorch's thread of the
/// device. An exception of the callback ends the backward pass, whose caller gets an exception with its message. Parameters without a
/// path to the loss are never called back for. Dispose the hook between backward passes, not during one.
/// </remarks>
public sealed unsafe partial class GradientHook : IDisposable
{
    [ThreadStatic]
    private static int CallbackDepth;

    private readonly Tensor _parameter;
    private readonly Action<Tensor> _callback;
    private GCHandle _self;
    private nint _registration;

    private GradientHook(Tensor parameter, Action<Tensor> callback)
    {
        _parameter = parameter;
        _callback = callback;
        _self = GCHandle.Alloc(this);
        var status = Add(parameter.Handle, &Call, GCHandle.ToIntPtr(_self), out _registration);
        if (status != 0)
        {
            _self.Free();
        }

        Native.Check(status);
    }

    /// <summary>Registers a callback; it stays until the returned hook is disposed.</summary>
    /// <param name="parameter">A leaf tensor that requires a gradient; the callback's argument. Kept alive by the hook.</param>
    /// <param name="callback">Called with the parameter, whose <c>grad</c> is complete.</param>
    /// <exception cref="PganException">The tensor is no leaf or requires no gradient.</exception>
    public static GradientHook OnReady(Tensor parameter, Action<Tensor> callback) => new(parameter, callback);

    /// <exception cref="InvalidOperationException">Called from inside a hook's callback.</exception>
    public void Dispose()
    {
        if (_registration == 0)
        {
            return;
        }

        if (CallbackDepth > 0)
        {
            throw new InvalidOperationException(
                "A gradient hook cannot be disposed by a hook's callback; dispose it after the backward pass.");
        }

        var status = Remove(_registration);
        _registration = 0;
        _self.Free();
        Native.Check(status);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Call(nint context, byte* error, int capacity)
    {
        CallbackDepth++;
        try
        {
            var hook = (GradientHook)GCHandle.FromIntPtr(context).Target!;
            hook._callback(hook._parameter);
            return 0;
        }
#pragma warning disable CA1031 // Nothing may unwind through native frames: the message travels as text and the pass fails with it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            var text = new Span<byte>(error, capacity);
            text.Clear();
            Encoding.UTF8.TryGetBytes($"A gradient hook failed: {exception.Message}".AsSpan(), text[..^1], out _);
            if (text[0] == 0)
            {
                Encoding.UTF8.TryGetBytes("A gradient hook failed.".AsSpan(), text[..^1], out _);
            }

            return 1;
        }
        finally
        {
            CallbackDepth--;
        }
    }

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_gradient_hook_add")]
    private static partial int Add(
        nint parameter, delegate* unmanaged[Cdecl]<nint, byte*, int, int> callback, nint context, out nint registration);

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_gradient_hook_remove")]
    private static partial int Remove(nint registration);
}
