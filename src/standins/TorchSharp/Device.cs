using System.Globalization;

namespace TorchSharp;

public static partial class torch
{
    public class Device
    {
        public Device(string description)
        {
            int colon = description.IndexOf(':', StringComparison.Ordinal);
            type = Parse(colon < 0 ? description : description[..colon]);
            index = colon >= 0 ? int.Parse(description[(colon + 1)..], CultureInfo.InvariantCulture) : type == DeviceType.CUDA ? 0 : -1;
        }

        public Device(string deviceType, int index = -1)
            : this(Parse(deviceType), index)
        {
        }

        public Device(DeviceType deviceType, int index = -1)
        {
            type = deviceType;
            this.index = index == -1 && deviceType == DeviceType.CUDA ? 0 : index;
        }

        public Device(int index)
            : this(DeviceType.CUDA, index)
        {
        }

        public DeviceType type { get; }

        public int index { get; }

        internal long Bits => (long)type | ((long)index << 32);

        public static implicit operator Device(string description) => new(description);

        public override string ToString()
        {
            string name = type.ToString().ToLowerInvariant();
            return index == -1 ? name : $"{name}:{index}";
        }

        private static DeviceType Parse(string name) =>
            Enum.TryParse(name, ignoreCase: true, out DeviceType found) ? found : throw new ArgumentException($"Unknown device type '{name}'.", nameof(name));
    }

    public static readonly Device CPU = new(DeviceType.CPU);

    public static readonly Device META = new(DeviceType.META);

    public static Device CUDA => new(DeviceType.CUDA);

    public static Device MPS => new(DeviceType.MPS);

    public static Device device(string description) => new(description);

    public static Device device(string deviceType, int index = -1) => new(deviceType, index);

    public static Device device(DeviceType deviceType, int index = -1) => new(deviceType, index);

    public static Device device(int index) => new(index);
}
