//! `GET /internal/restaurants/{restaurant_id}/menus/{version}`

use axum::extract::State;
use contracts::menu::Menu;
use kernel::RestaurantId;
use runtime::{InternalCaller, Json, Path, Problem};

use crate::app::App;
use crate::store::menu_key;

/// A published version of a menu, for other services. A version never changes; what is sold out is told by events.
pub async fn get_published_menu(
    State(app): State<App>,
    _: InternalCaller,
    Path((id, version)): Path<(RestaurantId, u32)>,
) -> Result<Json<Menu>, Problem> {
    let record = app.menu(&menu_key(id, version)).await?;
    record.map(|record| Json(record.menu)).ok_or_else(Problem::not_found)
}
