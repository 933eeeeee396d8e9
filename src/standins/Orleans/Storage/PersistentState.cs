using Microsoft.Extensions.DependencyInjection;
using Orleans.Core;
using Orleans.Storage;

namespace Orleans.Runtime
{
    /// <summary>A state of one activation, in the storage that its configuration names.</summary>
    internal class StoredState<TState>(string name, IGrainContext context, IGrainStorage storage) : IPersistentState<TState>
    {
        private readonly GrainState<TState> _state = new(Empty());

        public TState State
        {
            get => _state.State!;
            set => _state.State = value;
        }

        public string? Etag => _state.ETag;

        public bool RecordExists => _state.RecordExists;

        public Task ReadStateAsync() => ReadStateAsync(CancellationToken.None);

        public Task WriteStateAsync() => WriteStateAsync(CancellationToken.None);

        public Task ClearStateAsync() => ClearStateAsync(CancellationToken.None);

        public Task ReadStateAsync(CancellationToken cancellationToken)
            => Attempt("reading", storage.ReadStateAsync, cancellationToken);

        public Task WriteStateAsync(CancellationToken cancellationToken)
            => Attempt("writing", storage.WriteStateAsync, cancellationToken);

        public Task ClearStateAsync(CancellationToken cancellationToken)
            => Attempt("clearing", storage.ClearStateAsync, cancellationToken);

        private async Task Attempt(string verb, Func<string, GrainId, IGrainState<TState>, CancellationToken, Task> operation, CancellationToken cancellationToken)
        {
            try
            {
                await operation(name, context.GrainId, _state, cancellationToken);
                _state.State ??= Empty();
            }
            catch (Exception exception) when (exception is not OrleansException and not OperationCanceledException)
            {
                throw new OrleansException($"Error from storage provider {storage.GetType().Name} while {verb} state \"{name}\" of grain {context.GrainId}: {exception.Message}", exception);
            }
        }

        // A type without a parameterless constructor starts as its members' defaults, as it does officially.
        private static TState Empty()
            => typeof(TState).IsValueType ? default!
                : typeof(TState).GetConstructor([]) is not null ? Activator.CreateInstance<TState>()
                : typeof(TState) == typeof(string) || typeof(TState).IsAbstract || typeof(TState).IsArray ? default!
                : (TState)System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(typeof(TState));
    }

    /// <summary>Makes the states that grain constructors ask for; each is read before the grain is activated.</summary>
    public class PersistentStateFactory : IPersistentStateFactory
    {
        public PersistentStateFactory()
        {
        }

        /// <exception cref="BadProviderConfigException">The storage is not registered.</exception>
        public IPersistentState<TState> Create<TState>(IGrainContext context, IPersistentStateConfiguration cfg)
        {
            ArgumentNullException.ThrowIfNull(context);
            ArgumentNullException.ThrowIfNull(cfg);
            IGrainStorage storage = Find(context, cfg.StorageName)
                ?? throw new BadProviderConfigException(string.IsNullOrEmpty(cfg.StorageName)
                    ? $"No default storage provider found loading grain type {context.GrainId.Type}."
                    : $"No storage provider named \"{cfg.StorageName}\" found loading grain type {context.GrainId.Type}.");
            var state = new StoredState<TState>(GetFullStateName(context, cfg), context, storage);
            context.ObservableLifecycle.Subscribe(typeof(TState).FullName!, GrainLifecycleStage.SetupState, state.ReadStateAsync);
            return state;
        }

        protected virtual string GetFullStateName(IGrainContext context, IPersistentStateConfiguration cfg) => cfg.StateName;

        private static IGrainStorage? Find(IGrainContext context, string? name)
            => string.IsNullOrEmpty(name) ? context.ActivationServices.GetService<IGrainStorage>() : context.ActivationServices.GetKeyedService<IGrainStorage>(name);
    }
}
