//! Facts and catalog to findings, plan and explanations.
