using System.Collections.Immutable;
using Orleans.Core.Internal;

namespace Orleans.Core.Internal
{
    internal interface ICallChainReentrantGrainContext
    {
        void OnEnterReentrantSection(Guid reentrancyId);

        void OnExitReentrantSection(Guid reentrancyId);
    }
}

namespace Orleans.Runtime
{
    /// <summary>Values that travel with a call to the calls that it makes. Values are immutable objects: they are not copied.</summary>
    public static class RequestContext
    {
        private static readonly AsyncLocal<ContextValues> Values = new();

        public static IEnumerable<KeyValuePair<string, object>> Entries => Current.Entries;

        public static IEnumerable<string> Keys => Current.Entries.Keys;

        /// <summary>The call chain that may enter again the grains that allowed it; empty when none did.</summary>
        public static Guid ReentrancyId
        {
            get => Current.ReentrancyId;
            set => Current = Current with { ReentrancyId = value };
        }

        internal static ContextValues Current
        {
            get => Values.Value ?? ContextValues.Empty;
            set => Values.Value = value;
        }

        public static object? Get(string key) => Current.Entries.GetValueOrDefault(key);

        public static void Set(string key, object value) => Current = Current with { Entries = Current.Entries.SetItem(key, value) };

        public static bool Remove(string key)
        {
            bool had = Current.Entries.ContainsKey(key);
            Current = Current with { Entries = Current.Entries.Remove(key) };
            return had;
        }

        public static void Clear() => Current = ContextValues.Empty;

        /// <summary>Until the section is disposed, calls that this one leads to may enter this grain again.</summary>
        public static ReentrancySection AllowCallChainReentrancy()
        {
            Guid original = ReentrancyId;
            return new ReentrancySection(original, original == Guid.Empty ? Guid.NewGuid() : original);
        }

        /// <summary>Until the section is disposed, calls made here are strangers to every grain of the chain.</summary>
        public static ReentrancySection SuppressCallChainReentrancy() => new(ReentrancyId, Guid.Empty);

        public readonly struct ReentrancySection : IDisposable
        {
            private readonly Guid _original;
            private readonly Guid _entered;

            public ReentrancySection(Guid originalReentrancyId, Guid newReentrancyId)
            {
                _original = originalReentrancyId;
                _entered = newReentrancyId;
                if (newReentrancyId != Guid.Empty)
                {
                    (RuntimeContext.Current as ICallChainReentrantGrainContext)?.OnEnterReentrantSection(newReentrancyId);
                }

                ReentrancyId = newReentrancyId;
            }

            public void Dispose()
            {
                if (_entered != Guid.Empty)
                {
                    (RuntimeContext.Current as ICallChainReentrantGrainContext)?.OnExitReentrantSection(_entered);
                }

                ReentrancyId = _original;
            }
        }

        internal sealed record ContextValues(ImmutableDictionary<string, object> Entries, Guid ReentrancyId)
        {
            public static readonly ContextValues Empty = new(ImmutableDictionary<string, object>.Empty, Guid.Empty);
        }
    }
}
