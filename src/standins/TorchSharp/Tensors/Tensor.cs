using System.Runtime.CompilerServices;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>
    /// An owned <c>at::Tensor*</c>. Made inside a dispose scope it is released with the scope, otherwise by <see cref="Dispose()"/> or, late, by the finalizer.
    /// </summary>
    public partial class Tensor : IDisposable
    {
        private static long Live;
        private static long Peak;

        private nint _handle;

        internal Tensor(nint handle)
        {
            _handle = handle;
            long live = Interlocked.Increment(ref Live);
            if (live > Volatile.Read(ref Peak))
            {
                Interlocked.Exchange(ref Peak, live);
            }

            DisposeScopeManager.Current.Innermost?.Add(this);
        }

        ~Tensor() => Dispose(false);

        /// <summary>Tensors that hold a native handle now, in the whole process.</summary>
        public static long TotalCount => Volatile.Read(ref Live);

        public static long PeakCount => Volatile.Read(ref Peak);

        /// <exception cref="InvalidOperationException">The tensor is disposed.</exception>
        public IntPtr Handle => _handle != 0 ? _handle : throw new InvalidOperationException("Tensor invalid: it was disposed.");

        public bool IsInvalid => _handle == 0;

        public string? name { get; set; }

        internal DisposeScope? OwningDisposeScope { get; set; }

        /// <summary>Takes ownership of an <c>at::Tensor*</c> made with <c>new</c>.</summary>
        public static Tensor UnsafeCreateTensor(IntPtr handle) => new(handle);

        /// <summary>Gives the <c>at::Tensor*</c> up to the caller and leaves this object empty.</summary>
        public IntPtr DecoupleFromNativeHandle()
        {
            nint handle = Interlocked.Exchange(ref _handle, 0);
            if (handle == 0)
            {
                throw new InvalidOperationException("Tensor invalid: it was disposed.");
            }

            Interlocked.Decrement(ref Live);
            OwningDisposeScope?.MarkAsDisposed(this);
            return handle;
        }

        public Tensor MoveToOuterDisposeScope()
        {
            OwningDisposeScope?.MoveToOuter(this);
            return this;
        }

        public Tensor DetachFromDisposeScope()
        {
            OwningDisposeScope?.Detach(this);
            return this;
        }

        public Tensor MoveToOtherDisposeScope(Tensor other) => MoveToOtherDisposeScope(other.OwningDisposeScope);

        public Tensor MoveToOtherDisposeScope(DisposeScope? other)
        {
            if (OwningDisposeScope is { } owner)
            {
                owner.MoveToOther(other, this);
            }
            else
            {
                other?.Attach(this);
            }

            return this;
        }

        public void Dispose()
        {
            OwningDisposeScope?.MarkAsDisposed(this);
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            nint handle = Interlocked.Exchange(ref _handle, 0);
            if (handle != 0)
            {
                Interlocked.Decrement(ref Live);
                _ = NativeMethods.pgan_ts_delete(handle);
            }
        }

        public override bool Equals(object? obj) => obj is Tensor other && Equals(other);

        /// <summary>Same shape and same values.</summary>
        public bool Equals(Tensor target) => ReferenceEquals(this, target) || Aten.Test("equal", this, target);

        public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);

        public override string ToString() => $"[{string.Join("x", shape)}], type = {dtype}, device = {device}";
    }
}
