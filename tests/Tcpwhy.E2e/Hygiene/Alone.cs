using Xunit;

namespace Tcpwhy.E2e.Hygiene;

/// <summary>Tests that look at the whole process or count the whole host: no other test runs meanwhile.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
