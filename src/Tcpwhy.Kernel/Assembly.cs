// Every structure that crosses into libc is blittable: the runtime copies nothing and guesses nothing.
[assembly: System.Runtime.CompilerServices.DisableRuntimeMarshalling]
