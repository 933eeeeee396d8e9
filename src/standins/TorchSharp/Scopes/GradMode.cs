namespace TorchSharp;

public static partial class torch
{
    public static IDisposable no_grad() => new GradModeScope(false);

    public static IDisposable enable_grad(bool enabled = true) => new GradModeScope(enabled);

    public static IDisposable set_grad_enabled(bool mode = true) => new GradModeScope(mode);

    public static bool is_grad_enabled() => NativeMethods.pgan_ts_grad_enabled() != 0;

    public static IDisposable inference_mode(bool mode = true) => new InferenceModeScope(mode);

    public static bool is_inference_mode_enabled() => NativeMethods.pgan_ts_inference_enabled() != 0;

    private sealed class GradModeScope : IDisposable
    {
        private readonly int _before = NativeMethods.pgan_ts_grad_enabled();

        public GradModeScope(bool enabled) => NativeMethods.pgan_ts_set_grad_enabled(enabled ? 1 : 0);

        public void Dispose() => NativeMethods.pgan_ts_set_grad_enabled(_before);
    }

    private sealed unsafe class InferenceModeScope : IDisposable
    {
        private nint _guard;

        public InferenceModeScope(bool enabled)
        {
            nint guard;
            NativeMethods.Check(NativeMethods.pgan_ts_begin_inference(enabled ? 1 : 0, &guard));
            _guard = guard;
        }

        public void Dispose()
        {
            nint guard = Interlocked.Exchange(ref _guard, 0);
            if (guard != 0)
            {
                NativeMethods.Check(NativeMethods.pgan_ts_end_inference(guard));
            }
        }
    }
}
