namespace TorchSharp;

public static partial class torch
{
    /// <summary>A source of pseudo-random numbers with a state of its own on one device.</summary>
    public class Generator : IDisposable
    {
        private nint _handle;

        public unsafe Generator(ulong seed = 0, Device? device = null)
        {
            this.device = device ?? CPU;
            nint created;
            NativeMethods.Check(NativeMethods.pgan_ts_new_generator(seed, this.device.Bits, &created));
            _handle = created;
        }

        private Generator(nint handle, Device device)
        {
            _handle = handle;
            this.device = device;
        }

        ~Generator() => Dispose(false);

        public static unsafe Generator Default
        {
            get
            {
                nint shared;
                NativeMethods.Check(NativeMethods.pgan_ts_default_generator(CPU.Bits, &shared));
                return new Generator(shared, CPU);
            }
        }

        public Device device { get; private set; }

        public IntPtr Handle => _handle != 0 ? _handle : throw new ObjectDisposedException(nameof(Generator));

        public Generator manual_seed(long seed)
        {
            NativeMethods.Check(NativeMethods.pgan_ts_generator_seed(Handle, (ulong)seed));
            return this;
        }

        public unsafe long seed()
        {
            ulong drawn;
            NativeMethods.Check(NativeMethods.pgan_ts_generator_reseed(Handle, &drawn));
            return (long)drawn;
        }

        public unsafe long initial_seed()
        {
            ulong seed;
            NativeMethods.Check(NativeMethods.pgan_ts_generator_initial_seed(Handle, &seed));
            return (long)seed;
        }

        public unsafe Tensor get_state()
        {
            nint state;
            NativeMethods.Check(NativeMethods.pgan_ts_generator_state(Handle, &state));
            return new Tensor(state);
        }

        public void set_state(Tensor value) => NativeMethods.Check(NativeMethods.pgan_ts_set_generator_state(Handle, value.Handle));

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            nint handle = Interlocked.Exchange(ref _handle, 0);
            if (handle != 0)
            {
                _ = NativeMethods.pgan_ts_delete_generator(handle);
            }
        }
    }
}
