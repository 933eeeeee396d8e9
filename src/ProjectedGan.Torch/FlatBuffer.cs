using System.Runtime.InteropServices;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ProjectedGan.Torch;

/// <summary>Many tensors in one contiguous tensor: what is reduced, sent, updated and averaged as a whole.</summary>
/// <remarks>
/// The members lie one after another in list order without padding, each in its own memory order (row-major, or channels-last where the
/// member is). Parameters that alias a flat tensor keep their identity, their <c>requires_grad</c> and their gradients; several copies of a
/// module may alias the same flat tensor. Autograd does not notice an update made through the flat tensor: run it between a backward pass
/// and the next forward pass only. Not thread-safe.
/// </remarks>
public sealed partial class FlatBuffer : IDisposable
{
    private readonly Tensor[] _views;

    /// <summary>Copies the tensors into a new flat tensor; they themselves stay as they are (see <see cref="AliasParameters"/>).</summary>
    /// <param name="tensors">At least one tensor; all of one dtype and device, none with gaps between its elements.</param>
    /// <exception cref="PganException">The list is empty or its members disagree.</exception>
    public FlatBuffer(IReadOnlyList<Tensor> tensors)
        : this(Flatten(tensors), tensors)
    {
    }

    private FlatBuffer(Tensor flat, IReadOnlyList<Tensor> like)
    {
        Flat = flat;
        _views = new Tensor[like.Count];
        var offset = 0L;
        for (var i = 0; i < _views.Length; i++)
        {
            Native.Check(View(flat.Handle, like[i].Handle, offset, out var view));
            _views[i] = Tensor.UnsafeCreateTensor(view).DetachFromDisposeScope();
            offset += like[i].NumberOfElements;
        }

        GC.KeepAlive(like);
    }

    /// <summary>The flat tensor [total number of elements].</summary>
    public Tensor Flat { get; }

    /// <summary>The members as views into <see cref="Flat"/>, in list order and with their shapes.</summary>
    public IReadOnlyList<Tensor> Views => _views;

    /// <summary>A buffer of zeros with the same members: for gradients, moments, averages.</summary>
    public FlatBuffer ZerosLike() => new(zeros_like(Flat).DetachFromDisposeScope(), _views);

    /// <summary>Makes each parameter's storage its part of <see cref="Flat"/>, whose values and memory order it takes on.</summary>
    /// <param name="parameters">The constructor's list, or that of another copy of the same module.</param>
    /// <exception cref="PganException">Count, shapes, dtype or device differ from this buffer's.</exception>
    public void AliasParameters(IReadOnlyList<Tensor> parameters)
    {
        if (parameters.Count != _views.Length)
        {
            throw new PganException($"The flat buffer has {_views.Length} members; {parameters.Count} parameters cannot alias it.");
        }

        Alias(parameters, _views);
    }

    /// <summary>Makes one parameter's storage that of a view of the same shape, dtype and device.</summary>
    /// <exception cref="PganException">Shape, dtype or device differ.</exception>
    public static void Alias(Parameter parameter, Tensor view) => Alias([parameter], [view]);

    /// <summary>Copies every parameter's gradient into a flat tensor in this layout, zeros where a parameter has none.</summary>
    /// <param name="parameters">Parameters in the layout's order, each in the memory order of its member.</param>
    /// <param name="flat">Contiguous [total number of elements], overwritten.</param>
    /// <exception cref="PganException">Sizes, dtypes or devices do not fit.</exception>
    public static void GatherGradients(IReadOnlyList<Tensor> parameters, Tensor flat)
    {
        var status = GatherGradients(Native.Handles(parameters), parameters.Count, flat.Handle);
        GC.KeepAlive((parameters, flat));
        Native.Check(status);
    }

    /// <summary>Takes the parameters' gradients away (PyTorch: <c>set_to_none</c>), so that the next backward pass does not add.</summary>
    public static void ZeroGradients(IReadOnlyList<Tensor> parameters)
    {
        var status = ZeroGradients(Native.Handles(parameters), parameters.Count);
        GC.KeepAlive(parameters);
        Native.Check(status);
    }

    /// <summary>sum += addend, element by element: one node of a reduction tree.</summary>
    /// <exception cref="PganException">The shapes differ.</exception>
    public static void AddInPlace(Tensor sum, Tensor addend)
    {
        var status = AddInPlace(sum.Handle, addend.Handle);
        GC.KeepAlive((sum, addend));
        Native.Check(status);
    }

    public void Dispose()
    {
        foreach (var view in _views)
        {
            view.Dispose();
        }

        Flat.Dispose();
    }

    private static void Alias(IReadOnlyList<Tensor> parameters, IReadOnlyList<Tensor> views)
    {
        var status = Alias(Native.Handles(parameters), Native.Handles(views), parameters.Count);
        GC.KeepAlive((parameters, views));
        Native.Check(status);
    }

    private static Tensor Flatten(IReadOnlyList<Tensor> tensors)
    {
        var status = Flatten(Native.Handles(tensors), tensors.Count, out var flat);
        GC.KeepAlive(tensors);
        Native.Check(status);
        return Tensor.UnsafeCreateTensor(flat).DetachFromDisposeScope();
    }

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_flatten")]
    private static partial int Flatten(nint[] tensors, long count, out nint flat);

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_flat_view")]
    private static partial int View(nint flat, nint like, long offset, out nint view);

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_alias")]
    private static partial int Alias(nint[] parameters, nint[] views, long count);

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_gather_gradients")]
    private static partial int GatherGradients(nint[] parameters, long count, nint flat);

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_zero_gradients")]
    private static partial int ZeroGradients(nint[] parameters, long count);

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_add_in_place")]
    private static partial int AddInPlace(nint sum, nint addend);
}
