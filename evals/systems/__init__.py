"""Systems that answer questions: our engine, LlamaIndex's, chat endpoints, Python functions, recorded answers."""

from evals.config import (
    EndpointConfig,
    EngineConfig,
    FunctionConfig,
    LlamaIndexConfig,
    RecordedConfig,
    SystemConfig,
)
from evals.systems.base import Document, Plain, Reply, System

__all__ = ["Document", "Plain", "Reply", "System", "open_system"]


def open_system(config: SystemConfig) -> System:
    """The system that a configuration describes; close it at the end. Raises ConfigurationError."""
    match config:
        case EngineConfig():
            from evals.systems.engine import EngineSystem

            return EngineSystem(config)
        case LlamaIndexConfig():
            from evals.systems.llamaindex import LlamaIndexSystem

            return LlamaIndexSystem(config)
        case EndpointConfig():
            from evals.systems.endpoint import EndpointSystem

            return EndpointSystem(config)
        case FunctionConfig():
            from evals.systems.function import FunctionSystem

            return FunctionSystem(config)
        case RecordedConfig():
            from evals.systems.recorded import RecordedSystem

            return RecordedSystem(config)
