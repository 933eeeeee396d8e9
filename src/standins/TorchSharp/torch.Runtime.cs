using System.Runtime.InteropServices;

namespace TorchSharp;

public static partial class torch
{
    public static unsafe string __version__ => Marshal.PtrToStringUTF8((nint)NativeMethods.pgan_ts_version())!;

    /// <summary>Says whether a kind of device can be used; libtorch itself is loaded with this assembly's native half.</summary>
    public static bool TryInitializeDeviceType(DeviceType deviceType) =>
        deviceType == DeviceType.CPU ? get_num_threads() > 0 : deviceType == DeviceType.CUDA && cuda.is_available();

    /// <exception cref="InvalidOperationException">The kind of device cannot be used here.</exception>
    public static void InitializeDeviceType(DeviceType deviceType)
    {
        if (!TryInitializeDeviceType(deviceType))
        {
            throw new InvalidOperationException($"Torch device type {deviceType} did not initialise on the current machine.");
        }
    }

    /// <summary>Seeds the default generators of all devices.</summary>
    public static Generator manual_seed(long seed)
    {
        NativeMethods.Check(NativeMethods.pgan_ts_manual_seed(seed));
        return Generator.Default;
    }

    public static long initial_seed()
    {
        using var shared = Generator.Default;
        return shared.initial_seed();
    }

    public static Tensor get_rng_state()
    {
        using var shared = Generator.Default;
        return shared.get_state();
    }

    public static void set_rng_state(Tensor new_state)
    {
        using var shared = Generator.Default;
        shared.set_state(new_state);
    }

    public static unsafe int get_num_threads()
    {
        int intra, inter;
        NativeMethods.Check(NativeMethods.pgan_ts_threads(&intra, &inter));
        return intra;
    }

    public static void set_num_threads(int num) => NativeMethods.Check(NativeMethods.pgan_ts_set_threads(num));

    public static unsafe int get_num_interop_threads()
    {
        int intra, inter;
        NativeMethods.Check(NativeMethods.pgan_ts_threads(&intra, &inter));
        return inter;
    }

    public static void set_num_interop_threads(int num) => NativeMethods.Check(NativeMethods.pgan_ts_set_interop_threads(num));

    public static void use_deterministic_algorithms(bool mode = true, bool warn_only = false) =>
        NativeMethods.Check(NativeMethods.pgan_ts_set_deterministic(mode ? 1 : 0, warn_only ? 1 : 0));

    public static bool are_deterministic_algorithms_enabled() => NativeMethods.pgan_ts_deterministic() != 0;

    public static bool cuda_is_available() => cuda.is_available();

    public static partial class cuda
    {
        public static bool is_available() => State().Available;

        public static bool is_cudnn_available() => State().Cudnn;

        public static int device_count() => State().Devices;

        public static void manual_seed(long seed) => NativeMethods.Check(NativeMethods.pgan_ts_cuda_seed(seed, 0));

        public static void manual_seed_all(long seed) => NativeMethods.Check(NativeMethods.pgan_ts_cuda_seed(seed, 1));

        public static void synchronize(Device? device = null) =>
            NativeMethods.Check(NativeMethods.pgan_ts_cuda_synchronize(device?.index ?? -1));

        private static unsafe (bool Available, bool Cudnn, int Devices) State()
        {
            int available, cudnn, devices;
            NativeMethods.Check(NativeMethods.pgan_ts_cuda(&available, &cudnn, &devices));
            return (available != 0, cudnn != 0, devices);
        }
    }
}
