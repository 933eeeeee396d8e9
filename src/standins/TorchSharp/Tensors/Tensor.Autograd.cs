namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public bool requires_grad
        {
            get => Info.RequiresGrad;
            set => NativeMethods.Check(NativeMethods.pgan_ts_set_requires_grad(Handle, value ? 1 : 0));
        }

        /// <summary>The accumulated gradient, a new handle at each read, or null.</summary>
        public unsafe Tensor? grad
        {
            get
            {
                nint found;
                NativeMethods.Check(NativeMethods.pgan_ts_grad(Handle, &found));
                GC.KeepAlive(this);
                return found == 0 ? null : new Tensor(found);
            }

            set
            {
                NativeMethods.Check(NativeMethods.pgan_ts_set_grad(Handle, value?.Handle ?? 0));
                GC.KeepAlive(value);
            }
        }

        public Tensor requires_grad_(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        public Tensor with_requires_grad(bool requires_grad = true) => requires_grad_(requires_grad);

        public void retain_grad() => NativeMethods.Check(NativeMethods.pgan_ts_retain_grad(Handle));

        public Tensor detach() => Aten.Call("detach", this);

        public Tensor detach_()
        {
            Aten.Run("detach_", this);
            return this;
        }

        public void backward() => autograd.Backward([this], null, false, false, null);

        public void backward(
            IList<Tensor>? grad_tensors = null, bool retain_graph = false, bool create_graph = false, IList<Tensor>? inputs = null) =>
            autograd.Backward([this], grad_tensors, retain_graph, create_graph, inputs);
    }

    public static partial class autograd
    {
        public static void backward(
            IList<Tensor> tensors, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null) =>
            Backward(tensors, grad_tensors, retain_graph ?? create_graph, create_graph, inputs);

        public static void backward(
            Tensor tensor, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null) =>
            Backward([tensor], grad_tensors, retain_graph ?? create_graph, create_graph, inputs);

        public static void backward(
            Tensor tensor, Tensor grad_tensor, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null) =>
            Backward([tensor], [grad_tensor], retain_graph ?? create_graph, create_graph, inputs);

        /// <summary>Gradients of the outputs for the inputs; an entry is null where <paramref name="allow_unused"/> lets an input go without one.</summary>
        public static unsafe IList<Tensor> grad(
            IList<Tensor> outputs,
            IList<Tensor> inputs,
            IList<Tensor>? grad_outputs = null,
            bool retain_graph = false,
            bool create_graph = false,
            bool allow_unused = false)
        {
            nint[] from = Handles(outputs);
            nint[] to = Handles(inputs);
            nint[] seeds = Handles(grad_outputs);
            nint[] found = new nint[to.Length];
            fixed (nint* fromStart = from, toStart = to, seedStart = seeds, foundStart = found)
            {
                NativeMethods.Check(NativeMethods.pgan_ts_autograd_grad(
                    fromStart, from.Length, toStart, to.Length, seedStart, seeds.Length, retain_graph ? 1 : 0, create_graph ? 1 : 0, allow_unused ? 1 : 0, foundStart));
            }

            GC.KeepAlive(outputs);
            GC.KeepAlive(inputs);
            GC.KeepAlive(grad_outputs);
            return Array.ConvertAll(found, handle => handle == 0 ? null! : new Tensor(handle));
        }

        internal static unsafe void Backward(IList<Tensor> tensors, IList<Tensor>? gradients, bool retainGraph, bool createGraph, IList<Tensor>? inputs)
        {
            nint[] from = Handles(tensors);
            nint[] seeds = Handles(gradients);
            nint[] to = Handles(inputs);
            fixed (nint* fromStart = from, seedStart = seeds, toStart = to)
            {
                NativeMethods.Check(NativeMethods.pgan_ts_backward(
                    fromStart, from.Length, seedStart, seeds.Length, retainGraph || createGraph ? 1 : 0, createGraph ? 1 : 0, toStart, to.Length));
            }

            GC.KeepAlive(tensors);
            GC.KeepAlive(gradients);
            GC.KeepAlive(inputs);
        }

        private static nint[] Handles(IList<Tensor>? tensors) => tensors is null ? [] : [.. tensors.Select(tensor => tensor is null ? 0 : tensor.Handle)];
    }
}
